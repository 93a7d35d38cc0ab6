// kill -9 of the whole browser while it sends: nothing accepted is lost, nothing arrives twice.
import { test } from "node:test";
import { inEach, lasting } from "../../lib/engines.mjs";
import { interrupted } from "./interrupted.mjs";
import { browsed } from "./setup.mjs";

inEach("kills", lasting, (engine) => {
  test("the browser killed at any point: what was accepted is sent once", () => browsed(engine, {}, (at) =>
    interrupted(at, { tag: "kill", restart: at.kill })));
});
