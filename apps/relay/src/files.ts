/** Files that come with the program: beside its sources, or in the package that is built from them. */
import { fileURLToPath } from "node:url"

const isBuilt = import.meta.url.endsWith(".js")

const place = (source: string, built: string) =>
  fileURLToPath(new URL(isBuilt ? built : source, import.meta.url))

/** The program itself, for processes that it starts. */
export const main = place("main.ts", "main.js")

/** The folder of the dashboard. It is missing beside sources that were never built. */
export const dashboard = place("../../dashboard/dist", "dashboard")

/** The annotated example of a configuration file. */
export const example = place("../usher.example.yaml", "usher.example.yaml")
