/**
 * A `node:http` server with limits for connections, pipelined requests, unread responses and idle connections.
 */
import * as Http from "node:http"
import type { Socket } from "node:net"

export interface Options extends Http.ServerOptions {
  /** The maximum number of connections. A new one replaces the longest idle one, or is closed. Default: 4,096. */
  readonly maxConnections?: number
  /** How long a connection stays open after a completed request, in milliseconds. Default: 75 seconds. */
  readonly keepAliveTimeout?: number
  /** The maximum number of pipelined requests that wait on one connection. Default: 100. */
  readonly maxWaiting?: number
  /** The time after which a client that reads nothing of its response is disconnected, in milliseconds. Default: 30 seconds. */
  readonly unreadTimeout?: number
}

/**
 * Node emits all pipelined requests together. This server emits the next one when the previous response has been written,
 * and closes connections with too many waiting requests.
 */
export class BoundedServer extends Http.Server {
  readonly #maxWaiting: number
  readonly #waiting = new WeakMap<Socket, number>()
  /** Requests that are ready, in order: at most one of each connection. */
  readonly #next: Array<() => void> = []
  /** Requests that arrived before the server had a request listener. Undefined afterwards. */
  #early: Array<() => void> | undefined = []
  readonly #connected = new Set<Socket>()
  /** Idle connections, longest idle first, with the bytes that each had read when it became idle. */
  readonly #idle = new Map<Socket, number>()
  readonly #maxConnections: number

  constructor({
    maxConnections = 4_096,
    maxWaiting = 100,
    unreadTimeout = 30_000,
    keepAliveTimeout = 75_000,
    ...options
  }: Options) {
    // Ignores `Upgrade`, as RFC 9110 (section 7.8) allows: Node would emit such a request without its body, and some clients
    // offer HTTP/2 with every request.
    super({ ...options, keepAliveTimeout, shouldUpgradeCallback: () => false })
    this.#maxWaiting = maxWaiting
    this.#maxConnections = maxConnections
    // Node counts a connection until its descriptor is closed, some time after it was destroyed.
    this.maxConnections = 2 * maxConnections
    this.timeout = unreadTimeout
    this.on("connection", this.#connect)
    this.on("newListener", (event) => void (event === "request" && setImmediate(this.#begin)))
    this.on("timeout", (socket) => {
      // A response in progress has no limit, as long as the client reads it.
      if (isBusy(socket)) socket.setTimeout(unreadTimeout)
      else socket.destroy()
    })
  }

  override emit(event: string, ...args: Array<unknown>): boolean {
    const [request, response] = args
    const isRequest =
      (event === "request" || event === "checkContinue") &&
      request instanceof Http.IncomingMessage &&
      response instanceof Http.ServerResponse
    if (isRequest && event === "request" && this.#early !== undefined) {
      this.#early.push(() => this.emit(event, ...args))
      return true
    }
    if (!isRequest) return super.emit(event, ...args)
    this.#idle.delete(request.socket)
    response.on("finish", this.#finish)
    // Node assigns the socket to a response when it is its turn.
    if (response.socket !== null) return super.emit(event, ...args)
    return this.#wait(request, response, () => super.emit(event, ...args))
  }

  readonly #connect = (socket: Socket): void => {
    if (this.#connected.size >= this.#maxConnections && !this.#closeIdle()) {
      socket.destroy()
      return
    }
    this.#connected.add(socket)
    socket.once("close", () => this.#forget(socket))
  }

  #forget(socket: Socket): void {
    this.#connected.delete(socket)
    this.#idle.delete(socket)
  }

  /** Closes the longest idle connection, if there is one. */
  #closeIdle(): boolean {
    for (const [socket, bytesRead] of this.#idle) {
      this.#idle.delete(socket)
      // A connection that has read more is receiving its next request.
      if (socket.destroyed || socket.bytesRead !== bytesRead) continue
      this.#forget(socket)
      socket.destroy()
      return true
    }
    return false
  }

  /** The `finish` listener of every response. */
  readonly #finish = function (this: Http.ServerResponse): void {
    const { req } = this
    const { server } = req.socket as Socket & { readonly server?: unknown }
    if (server instanceof BoundedServer) server.#rest(req)
  }

  #rest({ complete, socket }: Http.IncomingMessage): void {
    if (complete && !socket.destroyed && !hasAnswer(socket)) this.#idle.set(socket, socket.bytesRead)
  }

  /** Emits the early requests: a server listens before its routes are built, and Node would never answer them. */
  readonly #begin = (): void => {
    const early = this.#early ?? []
    this.#early = undefined
    for (const handOver of early) handOver()
  }

  #wait(request: Http.IncomingMessage, response: Http.ServerResponse, handOver: () => void): boolean {
    const { socket } = request
    const waiting = (this.#waiting.get(socket) ?? 0) + 1
    this.#waiting.set(socket, waiting)
    // Pause reading instead of closing: closing makes an error for each waiting request.
    if (waiting > this.#maxWaiting) socket.destroy()
    else socket.pause()
    response.once("socket", () => {
      const left = (this.#waiting.get(socket) ?? 1) - 1
      this.#waiting.set(socket, left)
      if (left === 0) socket.resume()
      this.#next.push(handOver)
      if (this.#next.length === 1) setImmediate(this.#turn)
    })
    return true
  }

  /** Emits one request per turn of the event loop, so that other connections are served in between. */
  readonly #turn = (): void => {
    this.#next.shift()?.()
    if (this.#next.length > 0) setImmediate(this.#turn)
  }
}

/** Whether a response is in progress. */
const hasAnswer = (socket: Socket): boolean => "_httpMessage" in socket && socket._httpMessage !== null

/** Whether a response is in progress and fully read so far. */
const isBusy = (socket: Socket): boolean => socket.writableLength === 0 && hasAnswer(socket)
