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
      teilnehmeremail emailteilnehmer kundenemail emailkunde`,
    French: `adressemail adressesmail adresseemail adressesemail courriel courriels adressecourriel adresseélectronique
      adressedemessagerie votreemail votreadresseemail votrecourriel emailduparticipant emailparticipant
      emailprofessionnel adresseemailprofessionnelle emailpersonnel adresseemailpersonnelle`,
    Spanish: `correo correos correoelectrónico correoelectronico correoselectrónicos direccióndecorreo direcciondecorreo
      direccióndecorreoelectrónico direcciondecorreoelectronico direccióndeemail direcciondeemail
      tucorreo tucorreoelectrónico sucorreo sucorreoelectrónico
      correodelparticipante emaildelparticipante correocorporativo correopersonal`,
    Italian: `indirizzoemail indirizziemail indirizzomail indirizzodiposta indirizzodipostaelettronica postaelettronica
      latuaemail tuaemail emailpartecipante emaildelpartecipante emailaziendale emaillavoro emailpersonale`,
    Dutch: `emailadres emailadressen mailadres mailadressen uwemail uwemailadres jouwemail jouwemailadres jeemailadres
      emaildeelnemer emailadresdeelnemer zakelijkeemail zakelijkemailadres privéemail privéemailadres`,
    Polish: `adresemail adresyemail adresmailowy adrespocztyelektronicznej pocztaelektroniczna
      twójemail twójadresemail emailuczestnika adresemailuczestnika emailsłużbowy emailprywatny`,
    Portuguese: `correioeletrónico correioeletrônico correioelectrónico endereçodeemail endereçoemail enderecodeemail
      endereçodecorreioeletrónico endereçodecorreioeletrônico seuemail seuendereçodeemail
      emaildoparticipante emailcorporativo emailprofissional emailpessoal`,
    Swedish: `epost epostadress epostadresser mejl mejladress mejladresser mailadress mailadresser
      dinepost dinepostadress dinmejl epostdeltagare deltagarensepost deltagarensepostadress`,
    Japanese: `メール メールアドレス eメール eメールアドレス 電子メール 電子メールアドレス emailアドレス mailアドレス
      連絡先メールアドレス ご連絡先メールアドレス 参加者メールアドレス 会社メールアドレス`
  },
  memberId: {
    English: "member members memberid memberuuid spotmember spotmemberid spotmemberuuid",
    German: "mitglied mitgliedid mitgliedsid spotmitglied spotmitgliedid spotmitgliedsid",
    French: "membre idmembre iddumembre identifiantmembre identifiantdumembre",
    Spanish: "miembro idmiembro iddemiembro iddelmiembro",
    Italian: "membro idmembro iddelmembro",
    Dutch: "lid lidid",
    Polish: "członek idczłonka",
    Portuguese: "idmembro iddomembro",
    Swedish: "medlem medlemsid",
    Japanese: "メンバー メンバーid 会員id"
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
