/** Of the relay, as it stands in its package. */
import manifest from "../package.json" with { type: "json" }

export const { version } = manifest
