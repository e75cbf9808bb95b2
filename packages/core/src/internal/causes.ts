/** Explains why a call has no answer, by code, and whether the request can't have been sent. */

interface Cause {
  /** The end of a sentence, such as "The upstream can't be reached: …". */
  readonly saying: string
  /** The connection failed before a request was sent on it. */
  readonly isBeforeRequest: boolean
}

const before = (saying: string): Cause => ({ saying, isBeforeRequest: true })
const after = (saying: string): Cause => ({ saying, isBeforeRequest: false })

const untrusted = before("its certificate is self-signed, or signed by an authority that is not trusted here")
const noTls = before(
  "it does not speak TLS on this port: the URL begins with https://, and the port may be one for http://"
)

/** By the codes of Node, OpenSSL, llhttp and undici, or of this package if they have none. */
const causes: ReadonlyMap<string, Cause> = new Map([
  ["ENOTFOUND", before("there is no host of this name")],
  ["EAI_AGAIN", before("its name can't be looked up now: DNS gives no answer")],
  ["ECONNREFUSED", before("it refuses connections: nothing listens on this port")],
  ["EHOSTUNREACH", before("there is no route to its host")],
  ["ENETUNREACH", before("there is no route to its network")],
  ["ETIMEDOUT", before("no connection was made in time")],
  ["UND_ERR_CONNECT_TIMEOUT", before("no connection was made in time")],
  ["CERT_HAS_EXPIRED", before("its certificate has expired")],
  ["CERT_NOT_YET_VALID", before("its certificate is not valid yet: is the clock of this machine right?")],
  ["CERT_REVOKED", before("its certificate is revoked")],
  ["CERT_UNTRUSTED", untrusted],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", untrusted],
  ["SELF_SIGNED_CERT_IN_CHAIN", untrusted],
  ["UNABLE_TO_GET_ISSUER_CERT", untrusted],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", untrusted],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", untrusted],
  ["ERR_TLS_CERT_ALTNAME_INVALID", before("its certificate is for another host name")],
  ["ERR_SSL_WRONG_VERSION_NUMBER", noTls],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", noTls],
  ["EPROTO", noTls],
  ["TLS_CLOSED", before("it closed the connection during the TLS handshake: does this port speak TLS?")],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", before("it speaks no version of TLS that is known here")],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", before("it accepts no version of TLS that is known here")],
  ["ERR_SSL_TLSV1_UNRECOGNIZED_NAME", before("it has no certificate for this host name")],
  [
    "TLS_EXPECTED",
    before("it expects TLS on this port: the URL begins with http://, and https:// belongs there")
  ],
  [
    "CLOSED_WITHOUT_ANSWER",
    after("without an answer, as a port for https:// does where the URL says http://")
  ],
  ["NOT_HTTP", after("its answer is not HTTP")],
  ["PROXY_407", before("the proxy wants a user and a password, or does not accept these (407)")],
  ["PROXY_403", before("the proxy does not allow calls to this host (403)")],
  ["UND_ERR_PRX_CONN", before("the proxy closed the connection")],
  ["UND_ERR_PRX_TLS", before("the certificate of the proxy is for another host name")]
])

/** Precedes the code of a failure on the way to a proxy, and a status with which a proxy refuses. */
const ofProxy = "PROXY_"

const find = (code: string): Cause | undefined => {
  const known = causes.get(code)
  if (known !== undefined || !code.startsWith(ofProxy)) return known
  const inner = code.slice(ofProxy.length)
  if (/^\d{3}$/.test(inner)) return before(`the proxy did not connect to it (${inner})`)
  return before(`the proxy can't be used: ${causes.get(inner)?.saying ?? inner}`)
}

/** The explanation of a code; `undefined` for an unknown code. */
export const sayingOf = (code: string): string | undefined => find(code)?.saying

/** Whether a request that failed with this code was not sent. */
export const isBeforeRequest = (code: string): boolean => find(code)?.isBeforeRequest ?? false
