import HostAccess
import HostLinux

/// Which world the options choose: this machine, or an image of one.
enum HostChoice {
  /// An observer of it; built on the thread that uses it. Names come from this machine's pci.ids in any case.
  static func observer(_ options: GlobalOptions, _ here: Surroundings) throws(Failure) -> any Observer {
    do throws(HostError) {
      return try SysfsObserver(root: options.root ?? "/", names: PCINames(preferred: here.preferredNames))
    } catch {
      throw Failure(error)
    }
  }
}
