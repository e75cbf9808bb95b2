import type { ReactNode } from "react"
import { Cell, Column, Row, type Selection, Table, TableBody, TableHeader } from "react-aria-components"
import { SelectionBox } from "./Selecting.tsx"

interface Props<A> {
  readonly label: string
  readonly items: ReadonlyArray<A>
  /** The first column names the row. */
  readonly columns: ReadonlyArray<{
    readonly title: string
    readonly className?: "number" | "wide" | "actions"
    readonly cell: (item: A) => ReactNode
  }>
  readonly idOf: (item: A) => string
  /** The screen that a row opens. */
  readonly hrefOf?: (item: A) => string
  /** Shown in place of a table without rows. */
  readonly empty?: ReactNode
  /** Lets people select rows. */
  readonly selection?: {
    readonly selected: ReadonlyArray<string>
    readonly select: (ids: ReadonlyArray<string>) => void
  }
}

export type TableOf<A> = Omit<Props<A>, "items" | "selection">

export const DataTable = <A,>({ label, items, columns, idOf, hrefOf, empty, selection }: Props<A>) => (
  <div className="table-frame">
    {items.length === 0 && empty !== undefined ? (
      empty
    ) : (
      <Table
        aria-label={label}
        className="table"
        {...(selection && {
          selectionMode: "multiple",
          selectedKeys: selection.selected,
          onSelectionChange: (keys: Selection) =>
            selection.select(keys === "all" ? items.map(idOf) : [...keys].map(String))
        })}
      >
        <TableHeader>
          {selection && (
            <Column className="selection-cell">
              <SelectionBox />
            </Column>
          )}
          {columns.map(({ title, className = "" }, index) => (
            <Column key={title} isRowHeader={index === 0} className={className}>
              {title}
            </Column>
          ))}
        </TableHeader>
        <TableBody>
          {items.map((item) => (
            <Row key={idOf(item)} id={idOf(item)} {...(hrefOf && { href: hrefOf(item) })}>
              {selection && (
                <Cell className="selection-cell">
                  <SelectionBox />
                </Cell>
              )}
              {columns.map(({ title, className = "", cell }) => (
                <Cell key={title} className={className}>
                  {cell(item)}
                </Cell>
              ))}
            </Row>
          ))}
        </TableBody>
      </Table>
    )}
  </div>
)
