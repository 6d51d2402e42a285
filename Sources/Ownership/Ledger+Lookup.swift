public import Topology

extension Ledger {
  /// What a process' descriptor stands for; nil when it is not open.
  public func file(_ descriptor: Descriptor, of user: User) -> FileID? {
    process(of: user)?.descriptors[descriptor.number]
  }

  /// The process' entry, while it has anything open.
  public func process(of user: User) -> Process? {
    processes.first { $0.user.process == user.process }
  }

  /// A process' descriptors that satisfy a condition, lowest first.
  public func descriptors(of user: User, where isWanted: (File) -> Bool) -> [Descriptor] {
    (process(of: user)?.descriptors.entries ?? []).compactMap { entry in
      guard let file = files[entry.element], isWanted(file) else { return nil }
      return Descriptor(entry.number)
    }
  }

  /// Every open device file, with its name.
  public var deviceFiles: [(id: FileID, file: DeviceFile)] {
    files.entries.compactMap { entry in
      if case .device(let file) = entry.element { (entry.number, file) } else { nil }
    }
  }

  /// Every open group file, with its name.
  public var groupFiles: [(id: FileID, file: GroupFile)] {
    files.entries.compactMap { entry in
      if case .group(let file) = entry.element { (entry.number, file) } else { nil }
    }
  }

  /// The open file of a group; there is at most one.
  public func groupFile(of group: GroupID) -> (id: FileID, file: GroupFile)? {
    groupFiles.first { $0.file.group == group && !$0.file.isRevoked }
  }

  /// The groups that a container holds.
  public func groups(in container: FileID) -> [GroupID] {
    groupFiles.filter { $0.file.container == container }.map(\.file.group)
  }

  /// The processes that hold a file: by a descriptor of its own, or by one of something inside it.
  public func users(of file: FileID) -> [User] {
    var reach: Set<FileID> = [file]
    for (id, group) in groupFiles where group.container == file { reach.insert(id) }
    for (id, device) in deviceFiles {
      if device.context == file || device.group.map(reach.contains) == true { reach.insert(id) }
    }
    for (id, machine) in machines where !machine.files.isDisjoint(with: reach) { reach.insert(id) }
    return processes.filter { $0.descriptors.entries.contains { reach.contains($0.element) } }.map(\.user)
  }

  /// Every virtual machine, with its name.
  var machines: [(id: FileID, machine: VirtualMachine)] {
    files.entries.compactMap { entry in
      if case .virtualMachine(let machine) = entry.element { (entry.number, machine) } else { nil }
    }
  }

  /// The processes that have a device open.
  public func users(ofDevice address: Address) -> [User] { users { $0.address == address } }

  /// The processes that own a device: by a file that was joined to a context, or that its group gave. Whoever only
  /// opened its node has nothing of it yet.
  public func owners(ofDevice address: Address) -> [User] {
    users { $0.address == address && ($0.context != nil || $0.group != nil) }
  }

  private func users(where isWanted: (DeviceFile) -> Bool) -> [User] {
    let open = Set(deviceFiles.filter { isWanted($0.file) }.map(\.id))
    return processes.filter { $0.descriptors.entries.contains { open.contains($0.element) } }.map(\.user)
  }
}

extension Ledger {
  func context(_ id: FileID) -> Context? {
    if case .context(let context) = files[id] { context } else { nil }
  }

  func container(_ id: FileID) -> Container? {
    if case .container(let container) = files[id] { container } else { nil }
  }

  mutating func editContext(_ id: FileID, _ change: (inout Context) -> Void) {
    guard case .context(var context) = files[id] else { return }
    change(&context)
    files[id] = .context(context)
  }

  mutating func editContainer(_ id: FileID, _ change: (inout Container) -> Void) {
    guard case .container(var container) = files[id] else { return }
    change(&container)
    files[id] = .container(container)
  }

  mutating func editDevice(_ id: FileID, _ change: (inout DeviceFile) -> Void) {
    guard case .device(var device) = files[id] else { return }
    change(&device)
    files[id] = .device(device)
  }

  mutating func editGroup(_ id: FileID, _ change: (inout GroupFile) -> Void) {
    guard case .group(var group) = files[id] else { return }
    change(&group)
    files[id] = .group(group)
  }

  mutating func give(_ file: FileID, to user: User) -> Descriptor {
    let place = processes.firstIndex { $0.user.process >= user.process } ?? processes.endIndex
    if place == processes.endIndex || processes[place].user.process != user.process {
      processes.insert(Process(user: user), at: place)
    }
    return Descriptor(processes[place].descriptors.add(file))
  }

  /// Takes a descriptor away; false when it is not open.
  mutating func take(_ descriptor: Descriptor, from user: User) -> Bool {
    guard let place = processes.firstIndex(where: { $0.user.process == user.process }),
      processes[place].descriptors[descriptor.number] != nil
    else { return false }
    processes[place].descriptors[descriptor.number] = nil
    if processes[place].descriptors.isEmpty { processes.remove(at: place) }
    return true
  }

  /// Bytes that count against a process' limit: what is mapped in spaces that a device is attached to.
  func lockedBytes(of user: User) -> UInt64 {
    var spaces: [FileID: Set<Int>] = [:]
    var total: UInt64 = 0
    for entry in files.entries where users(of: entry.number).contains(where: { $0.process == user.process }) {
      if case .container(let container) = entry.element { total &+= container.space.size }
      if case .context = entry.element {
        spaces[entry.number] = Set(deviceFiles.filter { $0.file.context == entry.number }.compactMap(\.file.space))
      }
    }
    for (id, numbers) in spaces {
      for number in numbers {
        if case .space(let space) = context(id)?.objects[number] { total &+= space.size }
      }
    }
    return total
  }
}
