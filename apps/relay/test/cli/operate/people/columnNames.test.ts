import { describe, expect, it } from "@effect/vitest"
import { kindOf } from "@usher/people/columnNames"

/** Headings as forms and spreadsheets in a language write them. */
const headings = {
  English: ["E-mail", "Email Address", "Work Email", "Attendee e-mail"],
  German: ["E-Mail-Adresse", "Mailadresse", "E-Mail (geschäftlich)"],
  French: [
    "Adresse e-mail",
    "Courriel",
    "Adresse électronique",
    "Votre adresse e-mail",
    "E-mail du participant"
  ],
  Spanish: ["Correo electrónico", "Correo electronico", "Dirección de correo electrónico", "Correo"],
  Italian: ["Indirizzo email", "Indirizzo e-mail", "Posta elettronica", "La tua email"],
  Dutch: ["E-mailadres", "Uw e-mailadres", "Zakelijk e-mailadres"],
  Polish: ["Adres e-mail", "Twój adres e-mail", "Adres poczty elektronicznej"],
  Portuguese: ["Endereço de e-mail", "Correio eletrónico", "Correio eletrônico", "Seu e-mail"],
  Swedish: ["E-post", "E-postadress", "Mejladress"],
  Japanese: ["メールアドレス", "Eメール", "電子メール", "E-mail アドレス"]
}

const postal = [
  "Adresse",
  "Anschrift",
  "Dirección",
  "Indirizzo",
  "Adres",
  "Endereço",
  "Adress",
  "住所",
  "Address"
]

describe("the headings that an import knows", () => {
  it("are those of ten languages", () => {
    expect(Object.keys(headings)).toHaveLength(10)
    const unknown = Object.values(headings)
      .flat()
      .filter((heading) => kindOf(heading) !== "address")
    expect(unknown).toEqual([])
  })

  it("are none that mean a postal address", () => {
    expect(postal.filter((heading) => kindOf(heading) !== undefined)).toEqual([])
  })

  it("tell member ids in each language", () => {
    const ids = [
      "Spot member id",
      "Mitglieds-ID",
      "Identifiant membre",
      "ID de miembro",
      "ID membro",
      "Lid-ID"
    ]
    const more = ["ID członka", "ID do membro", "Medlems-ID", "会員ID"]
    expect([...ids, ...more].filter((heading) => kindOf(heading) !== "memberId")).toEqual([])
  })
})
