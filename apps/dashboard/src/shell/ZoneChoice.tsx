import { Segments } from "../parts/Segments.tsx"
import { chooseZone, deviceZone, useZone } from "../parts/zone.ts"

const zones = [
  { id: "local", label: deviceZone },
  { id: "utc", label: "UTC" }
]

const isUtc = /^(Etc\/)?(UTC|UCT|Universal|Zulu)$/.test(deviceZone)

/** Default: the device's zone. A device in UTC has no choice. */
export const ZoneChoice = () => {
  const zone = useZone()
  return isUtc ? (
    <p className="muted">Times in UTC</p>
  ) : (
    <Segments
      label="Time zone"
      value={zone}
      onChange={(zone) => chooseZone(zone === "utc" ? "utc" : "local")}
      options={zones}
    />
  )
}
