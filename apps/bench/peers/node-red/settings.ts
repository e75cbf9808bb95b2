/** Node-RED's settings: no editor, and a function that the flow verifies with. */
import { verify } from "../../src/programs/verify.ts"

const settings = {
  uiHost: "127.0.0.1",
  uiPort: Number(process.env["PORT"]),
  httpAdminRoot: false,
  flowFile: "flows.json",
  credentialSecret: false,
  diagnostics: { enabled: false },
  telemetry: { enabled: false },
  functionGlobalContext: { verify }
}

// Node-RED requires it, and adds to it.
export { settings as "module.exports" }
