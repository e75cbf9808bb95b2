/** What a sender sent: as a tree where it is JSON, and byte for byte. */
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components"
import type { Body as Wire } from "@usher/admin"
import { bytes } from "./number.ts"
import { JsonTree, LongText } from "./JsonTree.tsx"
import { Empty } from "./Shown.tsx"
import { Raw } from "./Raw.tsx"

interface Props {
  readonly body: Wire.Body
  /** A name for the file. */
  readonly name: string
}

const decode = (base64: string) => Uint8Array.from(window.atob(base64), (letter) => letter.charCodeAt(0))

export const Body = ({ body, name }: Props) => {
  if (body.base64 === "") {
    return <Empty title="The body is gone">It was empty, or it was purged or forgotten.</Empty>
  }
  const { base64 } = body.decompressed ?? body
  const raw = decode(base64)
  const isJson = "json" in body
  return (
    <Tabs className="tabs">
      <div className="tab-row">
        <TabList aria-label="Body" className="tab-list">
          {isJson ? (
            <Tab id="tree" className="tab">
              Tree
            </Tab>
          ) : null}
          <Tab id="raw" className="tab">
            Raw
          </Tab>
        </TabList>
        <span className="muted">
          {bytes(raw.length)}
          {body.decompressed === undefined
            ? null
            : `, sent compressed by ${body.decompressed.encoding} as ${bytes(decode(body.base64).length)}`}{" "}
          <a href={`data:application/octet-stream;base64,${base64}`} download={`${name}.txt`}>
            Save
          </a>
        </span>
      </div>
      {isJson ? (
        <TabPanel id="tree">
          <JsonTree value={body.json} />
        </TabPanel>
      ) : null}
      <TabPanel id="raw">
        {/* Who can't scroll with a wheel scrolls with the keys. */}
        <pre className="raw" tabIndex={0} aria-label="Raw body">
          <LongText text={new TextDecoder().decode(raw)} letters={20_000} />
        </pre>
      </TabPanel>
    </Tabs>
  )
}

export const Headers = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) => (
  <dl className="facts facts-mono">
    {Object.entries(headers).map(([name, value]) => (
      <div key={name}>
        <dt>
          <Raw text={name} />
        </dt>
        <dd>
          <LongText text={value} />
        </dd>
      </div>
    ))}
  </dl>
)
