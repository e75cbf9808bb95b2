/** What a mapping would change, for people. Addresses are what they want to see. */
import { DateTime } from "effect"
import type { Invitation } from "@usher/core"
import { Display } from "@usher/admin"
import type { Preview } from "@usher/engine"

export const describe = ({ webhookId, receivedAt, was, is, ...people }: Preview.Difference): string =>
  [
    `${DateTime.formatIso(receivedAt)} ${webhookId} ${outcome(was, is)}`,
    ...people.disappear.map((invitation) => `  - ${one(invitation)}`),
    ...people.appear.map((invitation) => `  + ${one(invitation)}`),
    ...people.differ.map(({ was, is }) => `  ~ ${is.member}: ${changes(was, is).join(", ")}`)
  ]
    .map(Display.line)
    .join("\n")

const outcome = (was: Preview.Difference["was"], is: Preview.Difference["is"]): string => {
  const reason = is.reason === null || is.reason === was.reason ? "" : `: ${is.reason}`
  return was.status === is.status ? `${is.status}${reason}` : `${was.status} → ${is.status}${reason}`
}

const one = (invitation: Invitation.Invitation): string =>
  [
    `${invitation.member} to ${invitation.liveId}`,
    ...(invitation.invitedBySpotMemberId === undefined ? [] : [`by ${invitation.invitedBySpotMemberId}`]),
    ...(invitation.withEmailNotification === undefined ? [] : [`mail ${mail(invitation)}`])
  ].join(", ")

const mail = ({ withEmailNotification: wanted }: Invitation.Invitation): string =>
  wanted === undefined ? "default" : wanted ? "on" : "off"

const changes = (was: Invitation.Invitation, is: Invitation.Invitation): ReadonlyArray<string> =>
  [
    ["Live", was.liveId, is.liveId],
    ["by", was.invitedBySpotMemberId ?? "nobody", is.invitedBySpotMemberId ?? "nobody"],
    ["mail", mail(was), mail(is)]
  ].flatMap(([what, before, after]) => (before === after ? [] : [`${what} ${before} → ${after}`]))

export const summarize = (summary: Preview.Summary, version: string): string => {
  const { webhooks, changed, fail, mended, appear, disappear, differ } = summary
  return [
    `${webhooks} ${webhooks === 1 ? "webhook" : "webhooks"} tried with mapping ${version}. ${changed} would change: ${fail} would fail, ${mended} would be fixed.`,
    `Invitations: ${appear} would appear, ${disappear} would disappear, ${differ} would differ. Nothing was written.`
  ].join("\n")
}
