import Ownership
import Topology

/// Objects and memory.
extension Words {
  var memory: Said? {
    switch reason.rule {
    case .unknownObject: Said("There is no object of that number in this \(context).")
    case .wrongObject: Said("The object of that number is of another kind.")
    case .objectInUse:
      Said(
        reason.culprits.isEmpty
          ? "The object is in use." : "\(who()) \(isMany ? "are" : "is") attached to it, so it cannot go.",
        "Detach first.")
    case .noSuchMember: noSuchMember
    case .overlap: Said("Something is mapped in that range already.", "Unmap it first, or choose another range.")
    case .outsideAperture:
      Said("The range is reserved, for interrupts for instance, or beyond what the IOMMU translates.")
    case .regionTaken:
      Said(
        "Something is mapped where \(group) has a reserved region, for interrupts for instance.",
        "Leave the reserved regions of every device out of the map.")
    case .badRange: Said("The range is empty or not aligned to pages.")
    case .wraps: Said("The range wraps around the end of the address space.")
    case .noAccess: Said("A mapping that may be neither read nor written is none.")
    case .tooMany: Said("The \(space) holds as many mappings as it may (dma_entry_limit).", "Map fewer, larger ranges.")
    case .noRoom: Said("No free range is large enough.")
    case .memoryLimit:
      Said(
        "The memory that \(processes(or: "the process")) locks would exceed its limit (RLIMIT_MEMLOCK).",
        "Raise the limit."
      )
    case .cutsMapping: Said("The range would cut a mapping in two.", "Unmap whole mappings.")
    case .nothingMapped: Said("Nothing is mapped in that range.")
    default: nil
    }
  }

  private var noSuchMember: Said {
    let sentence = "\(driven) is not a member of \(group) with a vfio driver"
    guard let address = first?.member else { return Said(sentence + ".") }
    // vfio-pci's probe takes normal headers only (drivers/vfio/pci/vfio_pci_core.c).
    guard world[address]?.header ?? .normal == .normal else {
      return Said("\(sentence): it is a bridge, and nobody is handed one.", "Ask for what is below it.")
    }
    return Said(sentence + ".", "Bind \(names[address]) to vfio-pci.")
  }
}
