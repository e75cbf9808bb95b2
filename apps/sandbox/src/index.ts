export * as Ledger from "./Ledger.ts"
export * as Sandbox from "./Sandbox.ts"
