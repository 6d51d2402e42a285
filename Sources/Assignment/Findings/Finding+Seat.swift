import Topology

extension Finding {
  /// The display that the machine's console is on.
  static func display(_ address: Address, _ name: String) -> Finding {
    let which =
      name == "boot_vga" ? "the first display of this machine" : "the console's display (\(Clean.visible(name)))"
    return Finding(.lockout, address, .display, "it drives \(which): the screen goes dark or stands still.")
  }

  /// A keyboard below the function.
  static func keyboard(_ address: Address, _ name: String, isOnly: Bool) -> Finding {
    let keyboard = "keyboard \(Clean.visible(name))"
    return isOnly
      ? Finding(.lockout, address, .keyboard, "\(keyboard) hangs on it, and no other one is left: nobody can type.")
      : Finding(.medium, address, .keyboard, "\(keyboard) hangs on it and is lost.")
  }
}
