/** The same on Bun, which serves what a module exports by default. */
import worker from "./worker.ts"

const { MELTINGSPOT_SECRET_KEY = "", MELTINGSPOT_BASE_URL = "https://openapi.meltingspot.io" } = process.env

export default {
  port: Number(process.env["PORT"] ?? 3000),
  fetch: (request: Request) => worker.fetch(request, { MELTINGSPOT_SECRET_KEY, MELTINGSPOT_BASE_URL })
}
