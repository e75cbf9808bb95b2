import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Given, read, refusal } from "./reading.ts"

const uuid = "0f8fad5b-d9cb-469f-a165-70867728950e"
const lines = (...lines: ReadonlyArray<string>) => lines.join("\r\n")

interface Taken extends Given {
  readonly csv: string
  /** The number and the heading of the column. */
  readonly takes: string
  readonly people: ReadonlyArray<string>
  readonly refuses?: ReadonlyArray<string>
}

const taken: Readonly<Record<string, Taken>> = {
  "an e-mail column behind a postal address": {
    csv: lines("Name;Adresse;E-Mail", "Eva;Ring 7, Berlin;eva@example.com"),
    takes: "3 E-Mail",
    people: ["eva@example.com"]
  },
  "the addresses beside members who are named in words": {
    csv: lines("Member,Email", "Alice,alice@example.com"),
    takes: "2 Email",
    people: ["alice@example.com"]
  },
  "a column with a known heading that has a mark, a line break or another case": {
    csv: lines('"Name","e_mail:\naddress *"', "Eva,eva@example.com"),
    takes: "2 e_mail: address *",
    people: ["eva@example.com"]
  },
  "a column of addresses under any heading": {
    csv: lines("Wer,Kontakt", "Eva,eva@example.com", "Max,0170 1234567", "Ida,ida@example.com"),
    takes: "2 Kontakt",
    people: ["eva@example.com", "ida@example.com"],
    refuses: ["3: it is neither an email address nor a Spot member id"]
  },
  "the addresses where the column Mail says yes and no": {
    csv: lines("Mail,Kontakt", "ja,eva@example.com", "nein,max@example.com"),
    takes: "2 Kontakt",
    people: ["eva@example.com", "max@example.com"]
  },
  "member ids under their heading": {
    csv: lines("Spot member ID", uuid),
    takes: "1 Spot member ID",
    people: [uuid]
  },
  "the one of two columns of a name that is filled": {
    csv: lines("email,name,email", "eva@example.com,Eva,"),
    takes: "1 email",
    people: ["eva@example.com"]
  },
  "the column with the number that is given": {
    csv: lines("email,name,email", "a@example.com,A,b@example.com"),
    column: "3",
    takes: "3 email",
    people: ["b@example.com"]
  },
  "a column that is a number by its heading first": {
    csv: lines("2,1", "x,eva@example.com"),
    column: "1",
    takes: "2 1",
    people: ["eva@example.com"]
  },
  "a heading in the very case that is given": {
    csv: lines("Email,email", "a@example.com,b@example.com"),
    column: "email",
    takes: "2 email",
    people: ["b@example.com"]
  },
  "a first line with an address as a person": {
    csv: lines("Eva,eva@example.com", "Max,max@example.com"),
    takes: "2",
    people: ["eva@example.com", "max@example.com"]
  },
  "a heading below lines of titles": {
    csv: lines("Teilnehmer;;", "Stand: 1.12.2026", "", "Name;E-Mail;Ort", "Eva;eva@example.com;Berlin"),
    takes: "2 E-Mail",
    people: ["eva@example.com"]
  },
  "an unknown heading below a title": {
    csv: lines("Teilnehmer;;", "Wer;Kontakt;Ort", "Eva;eva@example.com;Berlin"),
    takes: "2 Kontakt",
    people: ["eva@example.com"]
  },
  "a title with a known name as a title": {
    csv: lines("E-Mail;;", "Name;E-Mail;Ort", "Eva;eva@example.com;Berlin"),
    takes: "2 E-Mail",
    people: ["eva@example.com"]
  },
  "nobody who stands above the heading, with the line": {
    csv: lines("Exported by,ops@example.com", "Name,Email", "Eva,eva@example.com"),
    takes: "2 Email",
    people: ["eva@example.com"],
    refuses: ["1: above the heading in line 2"]
  },
  "no row of data for a heading": {
    csv: lines("eva@example.com,Email", ",Email", "max@example.com,Phone"),
    takes: "1",
    people: ["eva@example.com", "max@example.com"],
    refuses: ["2: empty cell"]
  },
  "no number in a row for the heading that is asked for": {
    csv: lines("Name,Email", "x,2", "Max,max@example.com"),
    column: "2",
    takes: "2 Email",
    people: ["max@example.com"],
    refuses: ["2: it is neither an email address nor a Spot member id"]
  },
  "no cell that a comma within a name has moved": {
    csv: lines("Name,Owner,Email", "Doe, Eva,ops@example.com,eva@example.com", "Max,,max@example.com"),
    column: "email",
    takes: "3 Email",
    people: ["max@example.com"],
    refuses: [
      "2: an address beyond the cells of the heading line: a delimiter within a cell may have moved it"
    ]
  },
  "no words for ids in a column of addresses, whatever the Spot's pattern": {
    csv: lines("E-Mail", "folgt", "eva@example.com"),
    memberId: /\w+/,
    takes: "1 E-Mail",
    people: ["eva@example.com"],
    refuses: ["2: it is neither an email address nor a Spot member id"]
  },
  "ids of the Spot's pattern from the column that is named": {
    csv: lines("Nr", "m-1", "Eva Doe"),
    memberId: /m-\d+/,
    column: "nr",
    takes: "1 Nr",
    people: ["m-1"],
    refuses: ["3: it is neither an email address nor a Spot member id"]
  }
}

const refused: Readonly<Record<string, Given & { readonly csv: string; readonly why: string }>> = {
  "a lone column of names": {
    csv: lines("Name", "Alice", "Bob"),
    memberId: /\w+/,
    why: "no column has a known heading or addresses; choose one with --column: Name"
  },
  "a postal address alone": {
    csv: lines("Name,Adresse", "Eva,Berlin"),
    why: "no column has a known heading or addresses; choose one with --column: Name, Adresse"
  },
  "ids without a heading": { csv: lines(uuid, uuid), why: "choose one with --column: 1" },
  "two columns of one name": {
    csv: lines("email,name,email", ",A,a@example.com", "b@example.com,B,c@example.com"),
    why: "2 columns may hold the addresses or member ids; choose one with --column: 1 (email), 3 (email)"
  },
  "two columns of one name that is asked for": {
    csv: lines("email,name,email", "b@example.com,B,c@example.com"),
    column: "email",
    why: "choose one with --column: 1 (email), 3 (email)"
  },
  "two known names": {
    csv: lines("Email,E-Mail privat", "a@example.com,b@example.com"),
    why: "choose one with --column: Email, E-Mail privat"
  },
  "a known name beside another column of addresses": {
    csv: lines("Email,Referred by", "a@example.com,b@example.com"),
    why: "choose one with --column: Email, Referred by"
  },
  "ids beside addresses": {
    csv: lines("Member ID,Email", `${uuid},a@example.com`),
    why: "choose one with --column: Member ID, Email"
  },
  "two columns without a heading": {
    csv: lines("a@example.com;b@example.com", "c@example.com;d@example.com"),
    why: "choose one with --column: 1, 2"
  },
  "a column that is not there": {
    csv: lines("mails,b", "a@example.com,2"),
    column: "mail",
    why: "there is no column mail; did you mean mails?"
  },
  "a name where there is no heading": {
    csv: lines("a@example.com,b", "b@example.com,c"),
    column: "email",
    why: "without a heading line, --column is a number from 1 to 2"
  },
  "a number beyond the columns": {
    csv: "a@example.com",
    column: "2",
    noHeader: true,
    why: "without a heading line, --column is a number from 1 to 1"
  },
  "headings that would command a terminal, as code points": {
    csv: lines("A\u001B[2J,B\u202E", "1,2"),
    why: String.raw`choose one with --column: A\u{001B}[2J, B`
  },
  nothing: { csv: "", why: "the file is empty" },
  "empty lines": { csv: "\n\n", why: "the file has no text" }
}

describe("the column of an import", () => {
  for (const [what, { csv, people, refuses = [], takes, ...given }] of Object.entries(taken)) {
    it.effect(`takes ${what}`, () =>
      Effect.gen(function* () {
        const found = yield* read(csv, given)
        expect(found).toMatchObject({ column: takes, people, problems: refuses })
      })
    )
  }
  for (const [what, { csv, why, ...given }] of Object.entries(refused)) {
    it.effect(`refuses ${what}`, () =>
      Effect.gen(function* () {
        expect(yield* refusal(csv, given)).toContain(why)
      })
    )
  }
})
