import CLinux
public import HostAccess
import Topology

/// Writes an image of a machine: a directory that `--root` reads, with the files the kernel showed.
///
/// Left out unless asked for: MAC addresses, and serial numbers in configuration space and in Vital Product Data.
public enum Snapshot {
  /// What was written.
  public struct Report: Hashable, Sendable {
    /// How many PCI functions the image has.
    public var functions = 0
    /// How many files and links.
    public var files = 0
    /// Functions of which it has at most the first 64 bytes of configuration space: asleep, or shown to root alone.
    public var withoutCapabilities = 0
    /// Functions that were asleep and were read all the same.
    public var woken = 0
  }

  /// Writes an image of the machine below `source` into the directory `target`, which must be new or empty.
  ///
  /// `waking` reads suspended devices too. Nothing is written for that: the kernel resumes the ports above, and a device
  /// in D3cold itself, for as long as its configuration space is read (drivers/pci/pci-sysfs.c
  /// `pci_config_pm_runtime_get`). A device that hangs in it is left out.
  /// - Throws: `HostError`; EEXIST when there is something in `target`.
  public static func write(
    from source: String, to target: String, includePrivate: Bool = false, waking: Bool = false
  ) throws(HostError) -> Report {
    let observer = try SysfsObserver(root: source)
    var copy = MachineCopy(observer, includesPrivate: includePrivate, wakes: waking, image: try ImageWriter(target))
    try copy.functions()
    try copy.groups()
    try copy.above()
    try copy.rest()
    try copy.configuration()
    // An image that lacks what could not be opened would pass for another machine's.
    if let trouble = observer.root.done.takeTrouble() { throw trouble }
    return copy.report
  }
}
