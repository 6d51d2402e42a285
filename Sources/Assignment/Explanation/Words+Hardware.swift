import Ownership
import Topology

/// What hardware and firmware demand.
extension Words {
  var hardware: Said? {
    switch reason.rule {
    case .interruptsNotIsolated:
      Said(
        "Interrupts are not isolated (no interrupt remapping): \(who()) could raise any interrupt of the host. The "
          + "same error number as for a group that is not viable.",
        "Switch interrupt remapping on in firmware, or accept the risk with allow_unsafe_interrupts=1 of "
          + (rules == .iommufd ? "iommufd." : "vfio_iommu_type1."))
    case .directRegion:
      Said(
        "Firmware demands that \(who(or: "a member of \(group)")) keep a fixed 1:1 mapping (RMRR), which a user's "
          + "space could not promise.",
        "Look for a firmware setting that drops the demand; no driver does.")
    case .notCoherent:
      Said("The DMA of \(who()) does not snoop the caches, and iommufd takes coherent devices only.")
    case .incompatible:
      Said(
        "What is attached already (\(who())) and this device need IOMMUs that behave differently: one \(context) has "
          + "one behaviour.",
        "Use a second \(context).")
    default: nil
    }
  }
}
