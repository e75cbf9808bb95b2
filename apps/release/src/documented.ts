/** Finds public exports, members and fields without a docstring. */
import { basename, join } from "node:path"
import ts from "typescript"
import { modulesOf, type Package, workspace } from "./Package.ts"

/** An export; a member of an interface, an object type or a service; a field of a schema. */
export type Kind = "exports" | "members" | "fields"

export interface Found {
  readonly kind: Kind
  /** Such as `LiveParticipants.Batch.chunkSize`. */
  readonly name: string
  readonly isDocumented: boolean
}

/** All exports of the public modules of a package. */
export const documented = (one: Package): ReadonlyArray<Found> => {
  const files = modulesOf(one)
  const program = ts.createProgram(files, compilerOptions())
  const checker = program.getTypeChecker()
  const found = new Map<string, Found>()
  for (const file of files) {
    const module = program.getSourceFile(file)
    const symbol = module && checker.getSymbolAtLocation(module)
    if (symbol === undefined) continue
    for (const exported of checker.getExportsOfModule(symbol)) {
      const name = `${basename(file, ".ts")}.${exported.name}`
      for (const one of judge(exported, name, checker, files, file)) found.set(one.name, one)
    }
  }
  return [...found.values()]
}

/** The compiler options of the workspace. */
export const compilerOptions = (): ts.CompilerOptions => {
  const path = join(workspace, "tsconfig.base.json")
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file))
  const { plugins: _, ...others } = config.compilerOptions
  const { options } = ts.convertCompilerOptionsFromJson({ ...others, types: [] }, workspace)
  return { ...options, noEmit: true }
}

const judge = (
  exported: ts.Symbol,
  name: string,
  checker: ts.TypeChecker,
  files: ReadonlyArray<string>,
  file: string
): ReadonlyArray<Found> => {
  const specifiers = exported.declarations ?? []
  const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const declarations = target.declarations ?? []
  // A namespace, and an export of another public module, are checked there.
  if (declarations.some((declaration) => ts.isSourceFile(declaration))) return []
  const from = declarations[0]?.getSourceFile().fileName
  if (from !== undefined && from !== file && files.includes(from)) return []
  const isDocumented =
    (target !== exported && specifiers.some(hasSentence)) || signatures(declarations).every(hasSentence)
  const parts = declarations.flatMap((declaration) => partsOf(declaration, name))
  return [{ kind: "exports", name, isDocumented }, ...parts]
}

/** The declarations that users see, without the implementation of overloads. */
const signatures = (declarations: ReadonlyArray<ts.Declaration>) =>
  declarations.length === 1
    ? declarations
    : declarations.filter((one) => !ts.isFunctionDeclaration(one) || one.body === undefined)

const hasSentence = (node: ts.Node): boolean =>
  ts.getJSDocCommentsAndTags(node).some((part) => {
    const text = ts.isJSDoc(part) ? (ts.getTextOfJSDocComment(part.comment) ?? "") : ""
    return text.trim().split(/\s+/).length >= 2
  })

const partsOf = (node: ts.Declaration, name: string): ReadonlyArray<Found> => {
  if (ts.isInterfaceDeclaration(node)) return membersOf(node.members, name)
  if (ts.isTypeAliasDeclaration(node)) return literalsIn(node.type, name)
  if (ts.isVariableDeclaration(node)) return node.initializer ? fieldsIn(node.initializer, name) : []
  if (!ts.isClassDeclaration(node)) return []
  const heritage = (node.heritageClauses ?? []).flatMap(({ types }) => types)
  return [
    ...membersOf(
      node.members.filter((member) => !ts.isConstructorDeclaration(member) && isOwn(member)),
      name
    ),
    ...heritage.flatMap(({ expression }) => shapesIn(expression, name)),
    ...heritage.flatMap(({ expression }) => fieldsIn(expression, name))
  ]
}

const isOwn = (member: ts.ClassElement) => {
  const flags = ts.getCombinedModifierFlags(member)
  return (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Override)) === 0
}

const membersOf = (
  members: ReadonlyArray<ts.Node & { name?: ts.Node }>,
  name: string
): ReadonlyArray<Found> =>
  members.flatMap((member) =>
    member.name === undefined || ts.isComputedPropertyName(member.name)
      ? []
      : [
          {
            kind: "members" as const,
            name: `${name}.${member.name.getText()}`,
            isDocumented: hasSentence(member)
          }
        ]
  )

/** The members of a type, without `_tag`, which only tells the parts of a union apart. */
const literalsIn = (type: ts.TypeNode, name: string): ReadonlyArray<Found> => {
  if (ts.isTypeLiteralNode(type))
    return membersOf(
      type.members.filter((member) => member.name?.getText() !== "_tag"),
      name
    )
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type))
    return type.types.flatMap((one) => literalsIn(one, name))
  if (ts.isParenthesizedTypeNode(type)) return literalsIn(type.type, name)
  return []
}

/** The members of a service, from the type arguments of the class that it extends. */
const shapesIn = (expression: ts.Expression, name: string): ReadonlyArray<Found> => {
  if (!ts.isCallExpression(expression)) return []
  const isService = expression.getText().startsWith("Context.Service")
  const own = isService ? (expression.typeArguments ?? []).flatMap((type) => literalsIn(type, name)) : []
  return [...own, ...shapesIn(expression.expression, name)]
}

/** The fields of structs, classes and tagged errors. A description in an annotation counts as a docstring. */
const fieldsIn = (expression: ts.Expression, name: string): ReadonlyArray<Found> => {
  if (!ts.isCallExpression(expression) || !/^(Schema|HttpApiError)\./.test(expression.getText())) return []
  const own = expression.arguments
    .filter((argument) => ts.isObjectLiteralExpression(argument))
    .flatMap(({ properties }) => properties.filter((property) => ts.isPropertyAssignment(property)))
    .filter(({ initializer }) => /Schema\b|^[A-Z]/.test(initializer.getText()))
    .map((property) => ({
      kind: "fields" as const,
      name: `${name}.${property.name.getText()}`,
      isDocumented: hasSentence(property) || /\bdescription:/.test(property.initializer.getText())
    }))
  return [...own, ...fieldsIn(receiverOf(expression.expression), name)]
}

/** For `Schema.Struct({ … }).annotate(…)`: the part `Schema.Struct({ … })`. */
const receiverOf = (expression: ts.Expression): ts.Expression =>
  ts.isPropertyAccessExpression(expression) ? expression.expression : expression
