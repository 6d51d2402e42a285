/// A mail of the debate of 2021 on the iommu list, by a short tag: who, and the day.
public enum Message: String, Hashable, Sendable, CaseIterable {
  case g21 = "G21"
  case w22a = "W22a"
  case g22a = "G22a"
  case w22b = "W22b"
  case g22z = "G22z"
  case g22b = "G22b"
  case seed = "SEED"
  case g22c = "G22c"
  case w23 = "W23"
  case gib27 = "Gib27"
  case gib27b = "Gib27b"
  case g27 = "G27"
  case g28 = "G28"
  case gib29 = "Gib29"
  case g3may = "G3may"
  case gib13 = "Gib13"
  case g13 = "G13"
  case gib24 = "Gib24"
  case g24 = "G24"
  case gib27m = "Gib27m"
  case g27m = "G27m"
  case gib1jun = "Gib1jun"
  case rfc1 = "RFC1"
  case g28m = "G28m"
  case grfc = "Grfc"
  case w9 = "W9"
  case w9b = "W9b"
  case ro9 = "Ro9"
  case g9 = "G9"
  case w10 = "W10"
  case g11 = "G11"
  case w11 = "W11"
  case g14 = "G14"
  case g14b = "G14b"
  case w14 = "W14"
  case w15 = "W15"
  case w15b = "W15b"
  case ti16 = "Ti16"
  case w16 = "W16"
  case w17 = "W17"
  case g17 = "G17"
  case g17b = "G17b"
  case ti25 = "Ti25"
  case g25 = "G25"
  case ti28 = "Ti28"
  case g28j = "G28j"
  case w28 = "W28"
  case rfc2 = "RFC2"
  case r06 = "R06"
  case r07 = "R07"
  case r14 = "R14"

  /// Who wrote it.
  public var author: String {
    let authors = [
      ("Gib", "David Gibson"), ("RFC", "Kevin Tian"), ("SEED", "Alex Williamson"), ("Ro", "Joerg Roedel"),
      ("R", "Yi Liu, Lu Baolu"), ("Ti", "Kevin Tian"), ("W", "Alex Williamson"), ("G", "Jason Gunthorpe"),
    ]
    return authors.first { rawValue.hasPrefix($0.0) }?.1 ?? ""
  }

  /// Day and month of 2021.
  public var date: String { Self.table[self]?.date ?? "" }

  /// How the public archive's index begins for it; empty where a tag stands for a whole series.
  public var id: String { Self.table[self]?.id ?? "" }

  private static let table: [Message: (id: String, date: String)] = [
    .g21: ("6bdb4cd86a", "21 April"),
    .w22a: ("d2dbea752b", "22 April"),
    .g22a: ("3a243fef95", "22 April"),
    .w22b: ("438ecf2a81", "22 April"),
    .g22z: ("c60f486915", "22 April"),
    .g22b: ("317409364b", "22 April"),
    .seed: ("b56fcd03db", "22 April"),
    .g22c: ("b576483562", "22 April"),
    .w23: ("878942a189", "23 April"),
    .gib27: ("7ff1ddb3cb", "27 April"),
    .gib27b: ("d38b8eb59e", "27 April"),
    .g27: ("abec6b4ff4", "27 April"),
    .g28: ("19dfef7fa6", "28 April"),
    .gib29: ("764fa683dc", "29 April"),
    .g3may: ("61e67b4328", "3 May"),
    .gib13: ("9568995861", "13 May"),
    .g13: ("ba6bb3d765", "13 May"),
    .gib24: ("9a1f6927a7", "24 May"),
    .g24: ("90ee23180c", "24 May"),
    .gib27m: ("1dbc5cf329", "27 May"),
    .g27m: ("fccbc4f188", "27 May"),
    .gib1jun: ("9a28840061", "1 June"),
    .rfc1: ("25da8a6d64", "27 May"),
    .g28m: ("f3b031cd4c", "28 May"),
    .grfc: ("b5d499e377", "3 June"),
    .w9: ("e626e574a7", "9 June"),
    .w9b: ("8d57f76da5", "9 June"),
    .ro9: ("5ff7472de9", "9 June"),
    .g9: ("ec4a3f995f", "9 June"),
    .w10: ("620a0cc8ba", "10 June"),
    .g11: ("aeb8ae7708", "11 June"),
    .w11: ("5d31d11805", "11 June"),
    .g14: ("4c0b5ce9d5", "14 June"),
    .g14b: ("aab07f5214", "14 June"),
    .w14: ("9a946558d3", "14 June"),
    .w15: ("9a1e89c24c", "15 June"),
    .w15b: ("e47cced774", "15 June"),
    .ti16: ("c70b36beba", "16 June"),
    .w16: ("b88655fea6", "16 June"),
    .w17: ("a069108056", "17 June"),
    .g17: ("81bb0ab374", "17 June"),
    .g17b: ("d7a245744d", "17 June"),
    .ti25: ("7394ea35e7", "25 June"),
    .g25: ("554308c561", "25 June"),
    .ti28: ("58cae4e6c3", "28 June"),
    .g28j: ("b507db4eaa", "28 June"),
    .w28: ("fbd2f17227", "28 June"),
    .rfc2: ("", "9 July"),
    .r06: ("", "19 September"),
    .r07: ("", "19 September"),
    .r14: ("", "19 September"),
  ]
}
