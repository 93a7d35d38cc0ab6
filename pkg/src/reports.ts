/** Delivery and non-delivery reports of one submission (catalogue 7.4), made when they are asked for. */
import type { Recipient, RecipientReport, Report, ReportMessage, ReportOptions, ReportRecipient, StoredMessage } from "./types/message.js";
import type { JournalEntry } from "./types/session.js";

/** RFC 3463, wherever the service put it. */
const enhanced = /(?:^|[^\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])/;

const noDiagnostic = -1;
/** By subject and detail of the enhanced code, the detail first; MAPI's numbers. */
const diagnostics: Readonly<Record<string, number>> = {
  "1.1": 35, "1.2": 0, "1.3": 0, "1.6": 35, "2.3": 7, "2": 4, "3.1": 2, "3.4": 7, "4.5": 2, "4.6": 3, "4.7": 5, "5.3": 16, "7": 38,
};
/** And by SMTP's own number, where that is all there is. */
const replies: Readonly<Record<string, number>> = { 550: 35, 551: 35, 552: 7, 553: 0, 554: 38 };

const transferFailed = 0;
const transferImpossible = 1;
const restricted = 5;

function reasons({ code = "", text = "", transport }: RecipientReport): Pick<ReportRecipient, "statusCode" | "reasonCode" | "diagCode"> {
  const [, level, subject = "", detail] = enhanced.exec(`${code} ${text}`) ?? [];
  const known = diagnostics[`${subject}.${detail}`] ?? diagnostics[subject] ?? (level === undefined ? replies[code.slice(0, 3)] : undefined);
  return {
    // Nobody was there to refuse it.
    reasonCode: transport === undefined ? transferImpossible : subject === "7" ? restricted : transferFailed,
    diagCode: known ?? noDiagnostic,
    ...(level === undefined ? {} : { statusCode: `${level}.${subject}.${detail}` }),
  };
}

const display = (recipients: readonly Recipient[], type: Recipient["type"]): string =>
  recipients.filter((each) => each.type === type).map(({ displayName, emailAddress }) => displayName || emailAddress).join("; ");

const recipientOf = ({ type, addressType, emailAddress, displayName, entryId }: RecipientReport): Recipient => ({
  type, addressType, emailAddress, displayName, ...(entryId !== undefined && { entryId }),
});

export interface Sources {
  readonly report: Report;
  readonly message: StoredMessage;
  readonly journal: readonly JournalEntry[];
  readonly now: number;
}

/** A delivery report only on request, a non-delivery report unless suppressed (C-162, C-163); what nobody knows is in neither. */
export function makeReports({ report, message, journal, now }: Sources, options: ReportOptions): ReportMessage[] {
  const { props } = message;
  const wanted = (given: boolean | undefined, name: string, otherwise: boolean): boolean => given ?? (typeof props[name] === "boolean" ? props[name] : otherwise);
  const name = typeof props["messageClass"] === "string" ? props["messageClass"] : "IPM.Note";
  // The first line that says so: filing comes later, and a refused recipient names the whole envelope.
  const sent = journal.find(({ uid, code }) => uid === report.uid && ["sent", "filed", "rejected"].includes(code))?.at;
  const common = {
    subject: message.subject, originalMessageClass: name, messageId: report.messageId, clientSubmitTime: message.submitTime, reportTime: now,
    displayTo: display(message.recipients, "to"), displayCc: display(message.recipients, "cc"), displayBcc: display(message.recipients, "bcc"),
    reportTo: typeof props["reportEntryId"] === "string" ? props["reportEntryId"] : message.from,
  };
  const those = (status: RecipientReport["status"]): RecipientReport[] => report.recipients.filter((each) => each.status === status);
  const reports: ReportMessage[] = [];
  const accepted = those("accepted");
  if (accepted.length > 0 && wanted(options.delivery, "originatorDeliveryReportRequested", false)) {
    const line = (each: RecipientReport): ReportRecipient => ({ ...recipientOf(each), reportTime: now, ...(sent === undefined ? {} : { deliverTime: sent }) });
    reports.push({ ...common, messageClass: `Report.${name}.DR`, reportText: "It was handed over to the service that delivers it.", recipients: accepted.map(line) });
  }
  const refused = those("rejected");
  if (refused.length > 0 && wanted(options.nonDelivery, "originatorNonDeliveryReportRequested", true)) {
    const line = (each: RecipientReport): ReportRecipient => ({
      ...recipientOf(each), reportTime: now, ...reasons(each), reportText: each.text ?? "", supplementaryInfo: `${each.code ?? ""} ${each.text ?? ""}`.trim(),
    });
    reports.push({
      ...common, messageClass: `Report.${name}.NDR`, reportText: "It did not reach these recipients.", recipients: refused.map(line),
      ...(message.content === undefined ? {} : { original: message.content }),
    });
  }
  return reports;
}
