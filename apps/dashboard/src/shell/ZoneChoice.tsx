import { Segments } from "../parts/Segments.tsx"
import { chooseZone, deviceZone, useZone } from "../parts/zone.ts"

const zones = [
  { id: "local", label: deviceZone },
  { id: "utc", label: "UTC" }
]

/** Default: the device's zone. */
export const ZoneChoice = () => (
  <Segments
    label="Time zone"
    value={useZone()}
    onChange={(zone) => chooseZone(zone === "utc" ? "utc" : "local")}
    options={zones}
  />
)
