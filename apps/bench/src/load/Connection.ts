/**
 * A sender's connection: kept alive, one request at a time, over a bare socket. undici takes twice the processor time (30 µs
 * a request, not 15), on a machine that the generator shares with the servers.
 */
import { connect, type Socket } from "node:net"
import * as responses from "./responses.ts"

/** Gets the status of the answer, or 0 if the connection broke before. */
export type Answered = (status: number) => void

export class Connection {
  readonly #host: string
  readonly #port: number
  #socket: Socket | undefined
  #answered: Answered | undefined
  #read: Buffer = Buffer.alloc(0)

  constructor(host: string, port: number) {
    this.#host = host
    this.#port = port
  }

  /** Sends a request after the one before was answered. Connects if necessary. */
  send(request: Buffer, answered: Answered) {
    this.#answered = answered
    this.#socket ??= this.#connect()
    this.#socket.write(request)
  }

  close() {
    this.#answered = undefined
    this.#socket?.destroy()
  }

  #connect(): Socket {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true })
    socket.on("data", (bytes) => this.#receive(bytes))
    socket.on("error", () => {})
    socket.on("close", () => {
      this.#socket = undefined
      this.#read = Buffer.alloc(0)
      this.#done(0)
    })
    return socket
  }

  #receive(bytes: Buffer) {
    this.#read = this.#read.length === 0 ? bytes : Buffer.concat([this.#read, bytes])
    const response = responses.read(this.#read)
    if (response === undefined) return
    this.#read = this.#read.subarray(response.length)
    this.#done(response.status)
  }

  #done(status: number) {
    const answered = this.#answered
    this.#answered = undefined
    answered?.(status)
  }
}
