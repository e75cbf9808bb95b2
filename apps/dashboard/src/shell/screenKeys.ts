/** The screen that each key opens after `g`. */
export const screenKeys: Readonly<Record<string, { readonly path: string; readonly name: string }>> = {
  o: { path: "/", name: "Overview" },
  w: { path: "/webhooks", name: "Webhooks" },
  i: { path: "/invitations", name: "Invitations" },
  p: { path: "/person", name: "Person" },
  d: { path: "/dead-letters", name: "Dead letters" },
  q: { path: "/quarantine", name: "Quarantine" },
  l: { path: "/lives", name: "Lives" },
  s: { path: "/sources", name: "Sources" },
  b: { path: "/spots", name: "Spots" },
  m: { path: "/mapping", name: "Mapping" },
  j: { path: "/jobs", name: "Jobs" },
  n: { path: "/import", name: "Import" },
  t: { path: "/tokens", name: "Tokens" },
  a: { path: "/audit", name: "Audit log" },
  u: { path: "/purge", name: "Purge" },
  e: { path: "/settings", name: "Settings" }
}
