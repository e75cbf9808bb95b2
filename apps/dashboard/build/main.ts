import { ensure } from "./ensure.ts"

await ensure()
