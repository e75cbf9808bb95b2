/** A row and the member it names. */
export interface Named<Row> {
  readonly row: Row
  readonly member: string
}
