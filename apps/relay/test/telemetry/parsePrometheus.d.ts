/** What this parser gives; it brings no types. */
declare module "parse-prometheus-text-format" {
  interface Series {
    readonly labels?: Readonly<Record<string, string>>
    readonly value?: string
  }
  interface Family {
    readonly name: string
    readonly type: string
    readonly metrics: ReadonlyArray<Series>
  }
  const parse: (text: string) => ReadonlyArray<Family>
  export default parse
}
