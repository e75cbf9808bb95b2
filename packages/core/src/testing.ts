export * as LiveParticipantsTest from "./LiveParticipantsTest.ts"
