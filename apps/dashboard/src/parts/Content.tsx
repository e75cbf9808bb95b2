/** The body and the headers of a delivery. The body as a JSON tree if possible, and as text. */
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components"
import type { Body as Wire } from "@usher/admin"
import { Copy } from "./Copy.tsx"
import { DataTable } from "./DataTable.tsx"
import { bytes } from "./number.ts"
import { JsonTree, LongText } from "./JsonTree.tsx"
import { Section } from "./Page.tsx"
import { Raw } from "./Raw.tsx"
import { Empty } from "./Shown.tsx"

interface Props {
  readonly body: Wire.Body
  readonly headers: Readonly<Record<string, string>>
  /** Which headers are missing or masked. */
  readonly masked: string
  /** The name of the downloaded file. */
  readonly name: string
}

export const Content = ({ body, headers, masked, name }: Props) => (
  <>
    <Section title="Body" isCard>
      {body.base64 === "" ? (
        <Empty title="No body">The body was empty, purged or forgotten.</Empty>
      ) : (
        <Body body={body} name={name} />
      )}
    </Section>
    <Section title="Headers" aside={<span className="muted">{masked}</span>}>
      <DataTable
        label="Headers"
        items={Object.entries(headers)}
        idOf={([name]) => name}
        columns={[
          { title: "Name", cell: ([name]) => <Raw text={name} /> },
          {
            title: "Value",
            className: "wide",
            cell: ([, value]) => (
              <span className="mono">
                <LongText text={value} />
              </span>
            )
          }
        ]}
      />
    </Section>
  </>
)

const decode = (base64: string) => Uint8Array.from(window.atob(base64), (letter) => letter.charCodeAt(0))

const Body = ({ body, name }: Pick<Props, "body" | "name">) => {
  const { base64 } = body.decompressed ?? body
  const raw = decode(base64)
  const text = new TextDecoder().decode(raw)
  const tabs = {
    ...("json" in body ? { Tree: <JsonTree value={body.json} /> } : {}),
    // Focusable, so that the arrow keys scroll it.
    Raw: (
      <pre className="raw" tabIndex={0} aria-label="Raw body">
        <LongText text={text} letters={20_000} />
      </pre>
    )
  }
  return (
    <Tabs>
      <div className="tab-row">
        <TabList aria-label="Body" className="tab-list">
          {Object.keys(tabs).map((name) => (
            <Tab key={name} id={name} className="tab">
              {name}
            </Tab>
          ))}
        </TabList>
        <span className="muted">
          {bytes(raw.length)}
          {body.decompressed &&
            `, ${bytes(decode(body.base64).length)} as sent with ${body.decompressed.encoding}`}{" "}
          <a href={`data:application/octet-stream;base64,${base64}`} download={`${name}.txt`}>
            Download
          </a>{" "}
          <Copy text={text} what="body" />
        </span>
      </div>
      {Object.entries(tabs).map(([name, panel]) => (
        <TabPanel key={name} id={name}>
          {panel}
        </TabPanel>
      ))}
    </Tabs>
  )
}
