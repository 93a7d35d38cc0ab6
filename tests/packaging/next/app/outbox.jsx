"use client";

import { useEffect, useState } from "react";
import { openSession } from "mailspooler";
import { smoke } from "../smoke.mjs";

export default function Outbox() {
  const [result, setResult] = useState(`rendered with ${typeof openSession}`);
  useEffect(() => {
    smoke().then(setResult, (error) => setResult(String(error)));
  }, []);
  return <p id="outbox">{result}</p>;
}
