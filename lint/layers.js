/** A lint rule for folders: each imports only itself and the folders below it. */
import { dirname, relative, resolve, sep } from "node:path"

/** The first part of a path below the root, or undefined for a file outside of it. */
const folderOf = (root, file) => {
  const path = relative(root, file)
  return path.startsWith("..") ? undefined : path.split(sep)[0]
}

export default {
  meta: { name: "layers" },
  rules: {
    /** Options: the folders and files of each root, the topmost first. */
    order: {
      meta: { schema: [{ type: "object" }] },
      create(context) {
        const roots = Object.entries(context.options[0]).map(([root, names]) => [
          resolve(context.cwd, root),
          names
        ])
        const file = context.filename
        const check = (node) => {
          const specifier = node.source?.value
          if (typeof specifier !== "string" || !specifier.startsWith(".")) return
          for (const [root, names] of roots) {
            const [from, to] = [file, resolve(dirname(file), specifier)].map((path) => folderOf(root, path))
            if (from === undefined || to === undefined || from === to) continue
            const [above, below] = [from, to].map((name) => names.indexOf(name))
            if (above === -1 || below === -1) {
              context.report({
                node,
                message: `${above === -1 ? from : to} is missing in the order of ${root}. Add it to the rule layers/order.`
              })
            } else if (above > below) {
              context.report({
                node,
                message: `${from} is below ${to} and must not import it. Move the shared code below both.`
              })
            }
          }
        }
        return {
          ImportDeclaration: check,
          ExportNamedDeclaration: check,
          ExportAllDeclaration: check,
          ImportExpression: check
        }
      }
    }
  }
}
