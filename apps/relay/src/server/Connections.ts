/**
 * A server of `node:http` with bounds for its connections: how many there are, how many requests wait on each, how long
 * a client may leave an answer unread, and how long an idle connection is kept open.
 */
import * as Http from "node:http"
import type { Socket } from "node:net"

export interface Options extends Http.ServerOptions {
  /** One more closes the connection that has been idle for longest; if none is idle, it is closed itself. Default: 4,096. */
  readonly maxConnections?: number
  /** How long a connection stays open after a completed request, in milliseconds. Default: 75 seconds. */
  readonly keepAliveTimeout?: number
  /** On one connection, behind the one that is being answered. Default: 100. */
  readonly maxWaiting?: number
  /** In milliseconds, for a client that takes nothing of its answer. Default 30 seconds. */
  readonly unreadTimeout?: number
}

/**
 * Node hands over pipelined requests at once. This one hands over the next when the answer before it has been written, and
 * closes a connection on which more wait than may.
 */
export class BoundedServer extends Http.Server {
  readonly #maxWaiting: number
  readonly #waiting = new WeakMap<Socket, number>()
  /** Whose turn has come, in their order: one of each connection at most. */
  readonly #next: Array<() => void> = []
  /** Requests that came before the server had a listener for them; undefined from then on. */
  #early: Array<() => void> | undefined = []
  readonly #connected = new Set<Socket>()
  /** Connections between two requests, longest idle first, with the bytes that each had read when it became idle. */
  readonly #idle = new Map<Socket, number>()
  readonly #maxConnections: number

  constructor({
    maxConnections = 4_096,
    maxWaiting = 100,
    unreadTimeout = 30_000,
    keepAliveTimeout = 75_000,
    ...options
  }: Options) {
    // It ignores `Upgrade`, as RFC 9110 (section 7.8) lets it: Node would hand over such a request without its body, and some
    // clients offer HTTP/2 with each one.
    super({ ...options, keepAliveTimeout, shouldUpgradeCallback: () => false })
    this.#maxWaiting = maxWaiting
    this.#maxConnections = maxConnections
    // Node counts a connection until its descriptor is closed, some time after it was destroyed.
    this.maxConnections = 2 * maxConnections
    this.timeout = unreadTimeout
    this.on("connection", this.#connect)
    this.on("newListener", (event) => void (event === "request" && setImmediate(this.#begin)))
    this.on("timeout", (socket) => {
      // What is being worked on may take its time, as long as the client takes what is written.
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
    // Node gives an answer its socket when it is its turn.
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

  /** Closes the connection that has been idle for longest, if there is one. */
  #closeIdle(): boolean {
    for (const [socket, bytesRead] of this.#idle) {
      this.#idle.delete(socket)
      // The next request has begun to arrive on the others.
      if (socket.destroyed || socket.bytesRead !== bytesRead) continue
      this.#forget(socket)
      socket.destroy()
      return true
    }
    return false
  }

  /** Of every answer, which Node calls it on. */
  readonly #finish = function (this: Http.ServerResponse): void {
    const { req } = this
    const { server } = req.socket as Socket & { readonly server?: unknown }
    if (server instanceof BoundedServer) server.#rest(req)
  }

  #rest({ complete, socket }: Http.IncomingMessage): void {
    if (complete && !socket.destroyed && !hasAnswer(socket)) this.#idle.set(socket, socket.bytesRead)
  }

  /** A server listens before its routes are built. Node never answers what has come by then. */
  readonly #begin = (): void => {
    const early = this.#early ?? []
    this.#early = undefined
    for (const handOver of early) handOver()
  }

  #wait(request: Http.IncomingMessage, response: Http.ServerResponse, handOver: () => void): boolean {
    const { socket } = request
    const waiting = (this.#waiting.get(socket) ?? 0) + 1
    this.#waiting.set(socket, waiting)
    // What one read has brought waits, and no more is read. Closing costs more: Node makes an error of each that waits.
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

  /** One in each turn of the event loop: requests of connections on which none wait come in between. */
  readonly #turn = (): void => {
    this.#next.shift()?.()
    if (this.#next.length > 0) setImmediate(this.#turn)
  }
}

/** Whether an answer is under way. */
const hasAnswer = (socket: Socket): boolean => "_httpMessage" in socket && socket._httpMessage !== null

/** Whether an answer is under way of which nothing is stuck. */
const isBusy = (socket: Socket): boolean => socket.writableLength === 0 && hasAnswer(socket)
