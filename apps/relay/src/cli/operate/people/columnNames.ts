/** Known headings of columns with addresses and with Spot member ids. */

/** The content of a column, according to its heading. */
export type Kind = "address" | "memberId"

/** By language, without case, spaces and punctuation: `E-Mail-Adresse` is `emailadresse`. */
const known: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  address: {
    English: `email emails mail emailaddress emailaddresses mailaddress emailid email1 email1value
      primaryemail primaryemailaddress mainemail contactemail youremail youremailaddress useremail memberemail customeremail
      workemail workemailaddress businessemail companyemail emailwork emailbusiness
      personalemail privateemail homeemail emailpersonal emailprivate emailhome
      attendeeemail participantemail registrantemail guestemail subscriberemail`,
    German: `emailadresse emailadressen mailadresse mailadressen emailanschrift kontaktemail
      emailprivat privateemailadresse emailgeschäftlich geschäftlicheemail geschäftlicheemailadresse
      emaildienstlich dienstlicheemail dienstlicheemailadresse
      ihreemail ihreemailadresse deineemail deineemailadresse
      teilnehmeremail emailteilnehmer kundenemail emailkunde`
  },
  memberId: {
    English: "member members memberid memberuuid spotmember spotmemberid spotmemberuuid",
    German: "mitglied mitgliedid mitgliedsid spotmitglied spotmitgliedid spotmitgliedsid"
  }
}

const kinds = new Map<string, Kind>(
  (["memberId", "address"] as const).flatMap((kind) =>
    Object.values(known[kind])
      .flatMap((names) => names.split(/\s+/))
      .map((name): [string, Kind] => [name, kind])
  )
)

/** No known heading is longer, with its punctuation. */
const maxLength = 64

/** The kind of a known heading. `Adresse` is unknown: in German and French it is a postal address. */
export const kindOf = (heading: string): Kind | undefined =>
  heading.length > maxLength ? undefined : kinds.get(bare(heading))

const bare = (heading: string): string =>
  heading
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s\p{P}\p{S}\p{C}]/gu, "")
