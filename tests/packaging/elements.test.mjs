// The property sheet on its own, in a page as strict as pages get: no style but its sheet, no script but files, no default policy.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { engines, inEach } from "../lib/engines.mjs";
import { pack } from "../lib/pack.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";

const { dir } = await pack();
const policy = "default-src 'none'; script-src 'self'; img-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const page = `<!doctype html><html lang="en"><title>sheet</title>
<form><mailspooler-property-sheet></mailspooler-property-sheet><button>Send</button></form><script type="module" src="/page.mjs"></script></html>`;
const script = `import { defineElements, propertySheet } from "/pkg/dist/elements.js";
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => globalThis.violations.push(violatedDirective));
globalThis.before = customElements.get("mailspooler-property-sheet") === undefined;
globalThis.elements = { defineElements, propertySheet };
document.title = "ready";`;

const settings = [
  { name: "url", type: "string", label: "Address", required: true },
  { name: "push", type: "boolean", label: "Push" },
  { name: "every", type: "number", label: "Every", min: 5, dependsOn: { name: "push", is: false } },
  { name: "mode", type: "choice", label: "Mode", choices: [{ value: "a", label: "A" }, { value: "b", label: "B" }] },
  { name: "account", type: "string", label: "Account", editable: false },
  { name: "password", type: "password", label: "Password" },
];

describe("the property sheet", () => {
  let site;
  before(async () => {
    const made = (_request, response) => {
      response.setHeader("content-type", "text/javascript");
      response.end(script);
    };
    site = await serve({ "/": page, "/page.mjs": made, "/pkg/": dir }, { headers: { "content-security-policy": policy } });
  });
  after(() => site.close());

  inEach("the sheet", engines, (engine) => {
    test(`importing registers nothing; in a form it has values, errors and a state, in ${engine}`, async () => {
      const browser = await open(engine);
      try {
        await browser.navigate(site.origin);
        await browser.until(() => document.title === "ready");
        const seen = await browser.execute((settings) => {
          const [form, sheet] = [document.forms[0], document.querySelector("mailspooler-property-sheet")];
          globalThis.elements.defineElements();
          globalThis.elements.defineElements();
          sheet.show({
            settings, values: { url: "/one", push: true, every: null, mode: "b", account: "alice" },
            check: ({ url }) => (url === "" ? [{ name: "url", problem: "missing" }] : []),
          });
          const at = (name) => sheet.shadowRoot.querySelector(`[name=${name}]`);
          const type = (name, value) => {
            at(name).value = value;
            at(name).dispatchEvent(new Event("input", { bubbles: true, composed: true }));
          };
          const entries = () => Object.fromEntries(new FormData(form));
          const first = { entries: entries(), values: sheet.values, valid: form.checkValidity(), every: at("every").closest(".field").hidden, locked: at("account").readOnly };
          at("push").click();
          type("password", "secret");
          const second = { entries: entries(), every: at("every").closest(".field").hidden };
          type("url", "");
          const untouched = at("url").getAttribute("aria-invalid");
          const third = { valid: form.checkValidity(), reported: sheet.reportValidity(), focus: sheet.shadowRoot.activeElement?.name };
          const error = sheet.shadowRoot.getElementById(at("url").getAttribute("aria-describedby").split(" ")[0]);
          form.reset();
          return {
            before: globalThis.before, first, second, third, untouched, error: [error.textContent, at("url").getAttribute("aria-invalid")],
            labels: [...sheet.shadowRoot.querySelectorAll("input, select")].map((each) => each.labels.length), reset: sheet.values.url, violations: globalThis.violations,
          };
        }, settings);
        const values = { url: "/one", mode: "b", account: "alice" };
        assert.deepEqual(seen, {
          before: true,
          first: { entries: { ...values, push: "true" }, values: { ...values, push: true, every: null }, valid: true, every: true, locked: true },
          second: { entries: { ...values, password: "secret" }, every: false },
          third: { valid: false, reported: false, focus: "url" },
          untouched: null, error: ["Please fill this in.", null], labels: [1, 1, 1, 1, 1, 1], reset: "/one", violations: [],
        });
      } finally {
        await browser.quit();
      }
    });

    test(`read-only it shows and changes nothing; undefined it says so, in ${engine}`, async () => {
      const browser = await open(engine);
      try {
        await browser.navigate(site.origin);
        await browser.until(() => document.title === "ready");
        const seen = await browser.execute(async (settings) => {
          const show = globalThis.elements.propertySheet();
          const sheet = {
            uid: "t", displayName: "Relay", configuration: 1, settings, values: { url: "/one" }, readOnly: true, signal: new AbortController().signal,
            check: () => [{ name: "url", problem: "missing" }], apply: () => Promise.reject(new Error("never")),
          };
          const undefined_ = await show(sheet).catch(({ code }) => code);
          globalThis.elements.defineElements();
          const shown = show(sheet);
          const dialog = document.querySelector("dialog");
          const element = dialog.querySelector("mailspooler-property-sheet");
          const controls = [...element.shadowRoot.querySelectorAll("input, select")].every((each) => each.readOnly === true || each.disabled);
          const buttons = [...dialog.querySelectorAll("button")].map((each) => each.textContent);
          const [focus, name] = [document.activeElement.textContent, document.getElementById(dialog.getAttribute("aria-labelledby")).textContent];
          dialog.querySelector("button").click();
          await shown;
          return { undefined_, controls, buttons, focus, name, gone: document.querySelector("dialog") === null };
        }, settings);
        assert.deepEqual(seen, { undefined_: "MAPI_E_NOT_INITIALIZED", controls: true, buttons: ["Close"], focus: "Close", name: "Settings of Relay", gone: true });
      } finally {
        await browser.quit();
      }
    });
  });
});
