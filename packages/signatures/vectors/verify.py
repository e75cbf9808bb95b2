#!/usr/bin/env python3
"""A verifier in Python for the lines of run.mjs: an example, and a second opinion on vectors.json.

    node run.mjs -- python3 verify.py

It uses the standard library alone, which has no ed25519: vectors with a whpk_ key are skipped.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import sys
from urllib.parse import parse_qsl, unquote, urlsplit

HUBSPOT_ESCAPES = re.compile("%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


class Refused(Exception):
    """A verdict other than valid; its argument is the reason."""


def verdict(vector):
    request = vector["request"]
    body = request["body"]
    delivery = {
        "method": request["method"],
        "url": request["url"],
        "headers": {name.lower(): value for name, value in request["headers"].items()},
        "body": base64.b64decode(body) if request["bodyEncoding"] == "base64" else body.encode(),
    }
    secrets = [
        (index, secret["value"])
        for index, secret in enumerate(vector["secrets"])
        if secret["expiresAtMillis"] is None or secret["expiresAtMillis"] > vector["nowMillis"]
    ]
    scheme = vector["scheme"]
    if any(value.startswith("whpk_") for _, value in secrets):
        return {"skip": True}
    try:
        return {"valid": True, "secret": VERIFIERS[scheme["scheme"]](scheme, delivery, secrets, vector["nowMillis"])}
    except Refused as refused:
        return {"valid": False, "reason": refused.args[0]}


def same(a, b):
    return hmac.compare_digest(a.encode(), b.encode())


def header(delivery, name):
    value = delivery["headers"].get(name)
    if not value:
        raise Refused("MissingHeader")
    return value


def first_match(secrets, is_match):
    for index, value in secrets:
        if is_match(value):
            return index
    raise Refused("NoSecretMatches")


def encoded(digest, encoding):
    if encoding == "hex":
        return digest.hex()
    return base64.b64encode(digest).decode()


def canonical(text, encoding):
    """Hex in either case, base64 and base64url with or without padding."""
    if encoding == "hex":
        return text.lower()
    text = text.replace("-", "+").replace("_", "/").rstrip("=")
    return text + "=" * (-len(text) % 4)


def judge_time(scheme, text, unit, now):
    if scheme["toleranceSeconds"] is None:
        return
    age = now - int(text) * (1000 if unit == "seconds" else 1)
    tolerance = scheme["toleranceSeconds"] * 1000
    if age > tolerance:
        raise Refused("TooOld")
    if -age > tolerance and scheme.get("future", "reject") == "reject":
        raise Refused("FromFuture")


def is_time(text, unit):
    return text is not None and re.fullmatch(r"[0-9]{1,10}" if unit == "seconds" else r"[0-9]{1,13}", text)


def first_event(body):
    try:
        events = json.loads(body)
    except ValueError:
        return body
    if not isinstance(events, list):
        return body
    event = events[0] if events else None
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def signed_bytes(scheme, delivery, time, secret, form):
    url = delivery["url"]
    if form == "hubspot":
        url = HUBSPOT_ESCAPES.sub(lambda escape: unquote(escape.group()), url)
    values = {
        "body": lambda: delivery["body"],
        "first-event": lambda: first_event(delivery["body"]),
        "timestamp": lambda: time.encode(),
        "method": lambda: delivery["method"].encode(),
        "url": lambda: url.encode(),
        "secret": lambda: secret.encode(),
    }
    signed = b""
    for part in scheme["parts"]:
        if "value" in part:
            signed += values[part["value"]]()
        elif "header" in part:
            signed += header(delivery, part["header"]).encode()
        else:
            signed += part["text"].encode()
    return signed


def signatures_in(scheme, value):
    """The signatures of a header, and the time that it carries."""
    tokens = [token for token in re.split(r"[ \t,]+", value) if token]
    fields = scheme["fields"]
    if fields is None:
        prefix = scheme["prefix"]
        found = [token[len(prefix) :] for token in tokens if token.startswith(prefix)]
        if found:
            return found, None
        raise Refused("UnsupportedVersion" if re.match("[a-z][a-z0-9]{1,7}=", value) else "MalformedHeader")
    pairs = [field.strip().split("=", 1) for field in value.split(fields["separator"]) if "=" in field]
    time_field = (scheme["timestamp"] or {}).get("field")
    times = [text for name, text in pairs if name == time_field]
    found = [text for name, text in pairs if name == fields["signature"]]
    if len(times) > 1:
        raise Refused("MalformedHeader")
    if not found:
        raise Refused("UnsupportedVersion" if times else "MalformedHeader")
    return found, times[0] if times else None


def path_in(body, path):
    try:
        value = json.loads(body)
    except ValueError:
        return None
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return None if value is None else str(value)


def keyed(scheme, delivery, secrets, now):
    version = scheme["version"]
    if version and header(delivery, version["header"]) != version["value"]:
        raise Refused("UnsupportedVersion")
    for part in scheme["parts"]:
        if "header" in part:
            header(delivery, part["header"])
    present = [name for name in scheme["header"] if delivery["headers"].get(name)]
    if not present:
        raise Refused("MissingHeader")
    refusal = None
    for name in present:
        try:
            return keyed_header(scheme, delivery, secrets, now, name)
        except Refused as refused:
            refusal = refusal or refused
    raise refusal


def keyed_header(scheme, delivery, secrets, now, name):
    given, field = signatures_in(scheme, delivery["headers"][name])
    timestamp = scheme["timestamp"]
    unit = timestamp["unit"] if timestamp else "seconds"
    time = ""
    if timestamp and not timestamp["json"]:
        time = field if timestamp["field"] else header(delivery, timestamp["header"])
        if not is_time(time, unit):
            raise Refused("MalformedHeader")

    def is_match(secret):
        for form in scheme["urlForms"]:
            text = signed_bytes(scheme, delivery, time, secret, form)
            expected = encoded(digest_of(scheme, secret, text), scheme["encoding"])
            if any(same(expected, canonical(one, scheme["encoding"])) for one in given[:8]):
                return True
        return False

    index = first_match(secrets, is_match)
    if timestamp:
        if timestamp["json"]:
            time = path_in(delivery["body"], timestamp["json"])
            if not is_time(time, unit):
                raise Refused("MalformedHeader")
        judge_time(scheme, time, unit, now)
    return index


def digest_of(scheme, secret, text):
    if scheme["scheme"] == "hash":
        return hashlib.new(scheme["algorithm"], text).digest()
    keys = {"text": str.encode, "base64": base64.b64decode, "hex": binascii.unhexlify}
    return hmac.new(keys[scheme["key"]](secret), text, scheme["algorithm"]).digest()


def plain_hash(scheme, delivery, secrets, now):
    """A plain hash can be continued without the secret, so only JSON in UTF-8 counts."""
    index = keyed(scheme, delivery, secrets, now)
    if delivery["body"]:
        try:
            json.loads(delivery["body"].decode())
        except ValueError:
            raise Refused("MalformedHeader")
    return index


def standard_webhooks(scheme, delivery, secrets, now):
    prefixes = [one for one in scheme["prefixes"] if one + "signature" in delivery["headers"]]
    prefix = (prefixes or scheme["prefixes"])[0]
    name, time, signature = (header(delivery, prefix + part) for part in ("id", "timestamp", "signature"))
    if "." in name or not is_time(time, "seconds"):
        raise Refused("MalformedHeader")
    pairs = [entry.split(",", 1) for entry in signature.split(" ") if "," in entry]
    given = [text for version, text in pairs if version == "v1"]
    if not given:
        raise Refused("UnsupportedVersion" if pairs else "MalformedHeader")
    text = f"{name}.{time}.".encode() + delivery["body"]

    def is_match(secret):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, text, "sha256").digest()).decode()
        return any(same(expected, one) for one in given[:8])

    index = first_match(secrets, is_match)
    judge_time(scheme, time, "seconds", now)
    return index


def twilio(scheme, delivery, secrets, now):
    given = header(delivery, "x-twilio-signature")
    url = delivery["url"]
    query = dict(parse_qsl(urlsplit(url).query))
    form = ""
    if "bodySHA256" in query:
        if not same(hashlib.sha256(delivery["body"]).hexdigest(), query["bodySHA256"].lower()):
            raise Refused("NoSecretMatches")
    else:
        pairs = set(parse_qsl(delivery["body"].decode(), keep_blank_values=True))
        form = "".join(name + value for name, value in sorted(pairs))

    def is_match(secret):
        digest = hmac.new(secret.encode(), (url + form).encode(), "sha1").digest()
        return same(base64.b64encode(digest).decode(), given)

    return first_match(secrets, is_match)


def token(scheme, delivery, secrets, now):
    value = delivery["headers"].get(scheme["header"]) if scheme["header"] else None
    if value:
        if not value.startswith(scheme["prefix"]):
            raise Refused("MalformedHeader")
        given = value[len(scheme["prefix"]) :]
    elif scheme["query"]:
        found = [text for name, text in parse_qsl(urlsplit(delivery["url"]).query) if name == scheme["query"]]
        if len(found) != 1:
            raise Refused("MalformedHeader" if found else "MissingHeader")
        given = found[0]
    else:
        raise Refused("MissingHeader")
    return first_match(secrets, lambda secret: same(secret, given))


def basic(scheme, delivery, secrets, now):
    match = re.fullmatch("basic +([A-Za-z0-9+/]+={0,2})", header(delivery, "authorization"), re.IGNORECASE)
    if match is None:
        raise Refused("MalformedHeader")
    given = base64.b64decode(match.group(1)).decode()
    return first_match(secrets, lambda secret: same(secret, given))


def by_header(scheme, delivery, secrets, now):
    present = False
    for choice in scheme["choices"]:
        value = delivery["headers"].get(choice["header"])
        present = present or bool(value)
        if value and choice["value"] in (None, value):
            return keyed(choice["use"], delivery, secrets, now)
    raise Refused("UnsupportedVersion" if present else "MissingHeader")


VERIFIERS = {
    "hmac": keyed,
    "hash": plain_hash,
    "standard-webhooks": standard_webhooks,
    "twilio": twilio,
    "token": token,
    "basic": basic,
    "none": lambda scheme, delivery, secrets, now: None,
    "by-header": by_header,
}

for line in sys.stdin:
    print(json.dumps(verdict(json.loads(line))), flush=True)
