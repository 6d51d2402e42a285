import HostAccess

/// Which world the options choose: this machine, or an image of one.
enum HostChoice {
  /// An observer of it; built on the thread that uses it.
  static func observer(_ options: GlobalOptions, _ here: Surroundings) throws(Failure) -> any Observer {
    Seam.observer(root: options.root)
  }
}
