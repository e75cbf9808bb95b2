import { type MouseEvent, type PointerEvent, type ReactNode, useRef } from "react"
import { Cell, Column, Row, type Selection, Table, TableBody, TableHeader } from "react-aria-components"
import { hrefOf as addressOf } from "../location.ts"
import { SelectionBox } from "./Selecting.tsx"

interface Props<A> {
  readonly label: string
  readonly items: ReadonlyArray<A>
  /** The first column names the row, and links to the screen that the row opens. */
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
  <div className="table-frame" {...useRowClicks()}>
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
              {columns.map(({ title, className = "", cell }, index) => (
                <Cell key={title} className={className} data-title={title}>
                  {index === 0 && hrefOf ? (
                    // React Aria's row prevents the default of every click that reaches it.
                    <a
                      className="row-link"
                      href={addressOf(hrefOf(item))}
                      onClick={(event) => event.stopPropagation()}
                    >
                      {cell(item)}
                    </a>
                  ) : (
                    cell(item)
                  )}
                </Cell>
              ))}
            </Row>
          ))}
        </TableBody>
      </Table>
    )}
  </div>
)

/** The row at the event's target, unless the target is a control. */
const rowOf = ({ target }: MouseEvent): HTMLElement | null =>
  target instanceof Element && target.closest("a, button, input, label") === null
    ? target.closest<HTMLElement>("tr[data-href]")
    : null

/** Opens a row by mouse unless the click ends a selection of text, which React Aria's rows prevent. */
const useRowClicks = () => {
  const isMouse = useRef(false)
  return {
    onPointerDownCapture: (event: PointerEvent) => {
      isMouse.current = event.pointerType === "mouse" && rowOf(event) !== null
      if (isMouse.current) event.stopPropagation()
    },
    // React Aria's rows stop every click that reaches them.
    onClickCapture: (event: MouseEvent) => {
      const href = rowOf(event)?.dataset["href"]
      if (!isMouse.current || href === undefined || window.getSelection()?.isCollapsed === false) return
      if (event.ctrlKey || event.metaKey) window.open(href)
      else window.location.hash = href
    }
  }
}
