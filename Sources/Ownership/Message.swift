/// A mail of the debate of 2021 on the iommu list, by the tag that MODELS gives it.
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
  case g27 = "G27"
  case g28 = "G28"
  case rfc1 = "RFC1"
  case g28m = "G28m"
  case g11 = "G11"
  case w11 = "W11"
  case g14 = "G14"
  case g14b = "G14b"
  case w15b = "W15b"
  case w16 = "W16"
  case w17 = "W17"
  case g17 = "G17"
  case g17b = "G17b"
  case g25 = "G25"
  case ti28 = "Ti28"
  case g28j = "G28j"
  case rfc2 = "RFC2"
  case r06 = "R06"
  case r07 = "R07"
  case r14 = "R14"

  /// Who wrote it.
  public var author: String {
    switch self {
    case .w22a, .w22b, .seed, .w23, .w11, .w15b, .w16, .w17: "Alex Williamson"
    case .rfc1, .rfc2, .ti28: "Kevin Tian"
    case .r06, .r07, .r14: "Yi Liu, Lu Baolu"
    default: "Jason Gunthorpe"
    }
  }

  /// Day and month of 2021.
  public var date: String {
    switch self {
    case .g21: "21 April"
    case .w22a, .g22a, .w22b, .g22z, .g22b, .seed, .g22c: "22 April"
    case .w23: "23 April"
    case .g27: "27 April"
    case .g28: "28 April"
    case .rfc1: "27 May"
    case .g28m: "28 May"
    case .g11, .w11: "11 June"
    case .g14, .g14b: "14 June"
    case .w15b: "15 June"
    case .w16: "16 June"
    case .w17, .g17, .g17b: "17 June"
    case .g25: "25 June"
    case .ti28, .g28j: "28 June"
    case .rfc2: "9 July"
    case .r06, .r07, .r14: "19 September"
    }
  }
}
