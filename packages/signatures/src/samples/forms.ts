/** Form builders and landing pages. */
import { formatIso, toEpochMillis } from "effect/DateTime"
import { json, multipart, type Shape } from "./shape.ts"

export const forms: Readonly<Record<string, Shape>> = {
  typeform: ({ at, id, member }) =>
    json({
      event_id: id,
      event_type: "form_response",
      form_response: {
        form_id: "sample",
        token: "response-1",
        submitted_at: formatIso(at),
        definition: { id: "sample", title: "Sample", fields: [{ id: "f1", ref: "email", type: "email" }] },
        answers: [{ type: "email", email: member, field: { id: "f1", ref: "email", type: "email" } }]
      }
    }),
  tally: ({ at, id, member }) =>
    json({
      eventId: id,
      eventType: "FORM_RESPONSE",
      createdAt: formatIso(at),
      data: {
        responseId: "response-1",
        formId: "sample",
        formName: "Sample",
        fields: [{ key: "question_1", label: "Email", type: "INPUT_EMAIL", value: member }]
      }
    }),
  webflow: ({ at, id, member }) =>
    json({
      triggerType: "form_submission",
      payload: { id, name: "Sample", siteId: "site-1", submittedAt: formatIso(at), data: { email: member } }
    }),
  jotform: ({ at, id, member }) =>
    multipart({
      formID: "1",
      submissionID: id,
      rawRequest: JSON.stringify({ submitDate: String(toEpochMillis(at)), q3_email: member }),
      pretty: `Email:${member}`
    })
}
