// On the server an import does nothing; what it names is there.
import * as mailspooler from "mailspooler";
import Outbox from "./outbox.jsx";

export const dynamic = "force-dynamic";

export default function Page() {
  return <main><p id="server">{typeof mailspooler.openSession}</p><Outbox /></main>;
}
