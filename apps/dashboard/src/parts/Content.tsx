/** The body and the headers of a delivery. The body as a JSON tree if possible, and as text. */
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components"
import { Body as Wire } from "@usher/admin"
import { Option } from "effect"
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
      {Wire.isEmpty(body) ? (
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

/** The decompressed bytes as an address. */
const hrefOf = ({ text, base64, decompressed }: Wire.Body) => {
  const type = "data:application/octet-stream"
  return text === undefined
    ? `${type};base64,${decompressed?.base64 ?? base64}`
    : `${type},${encodeURIComponent(text)}`
}

const Body = ({ body, name }: Pick<Props, "body" | "name">) => {
  const text = Wire.textOf(body)
  const json = Wire.jsonOf(body)
  const tabs = {
    ...(Option.isSome(json) ? { Tree: <JsonTree value={json.value} /> } : {}),
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
          {bytes(Wire.decompressed(body).length)}
          {body.decompressed &&
            `, ${bytes(Wire.sent(body).length)} as sent with ${body.decompressed.encoding}`}{" "}
          <a href={hrefOf(body)} download={`${name}.txt`}>
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
