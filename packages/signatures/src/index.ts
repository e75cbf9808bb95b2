/**
 * Verifies the webhooks of any sender, and explains why one fails.
 */
export * as Body from "./Body.ts"
export * as Delivery from "./Delivery.ts"
export * as DeliveryId from "./DeliveryId.ts"
export * as Diagnosis from "./Diagnosis.ts"
export * as ExactJson from "./ExactJson.ts"
export * as Handshake from "./Handshake.ts"
export * as Identity from "./Identity.ts"
export * as Scheme from "./Scheme.ts"
export * as Secret from "./Secret.ts"
export * as Sender from "./Sender.ts"
export * as Senders from "./Senders.ts"
export * as VerificationFailed from "./VerificationFailed.ts"
export * as Verified from "./Verified.ts"
export * as Verifier from "./Verifier.ts"
