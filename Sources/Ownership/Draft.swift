import Topology

/// An event being worked on: the world as it would be, and what happened on the way. Thrown away when refused.
struct Draft {
  let uapi: any Uapi
  var world: World
  var consequences: [Consequence] = []
  /// Why the event blocks, or stopped the machine.
  var reason: Reason?

  mutating func perform(_ event: Event) throws(Denial) -> Outcome {
    switch event {
    case .call(let call, let user): return .success(try perform(call, by: user))
    case .bind(let address, let driver): return try bind(address, driver)
    case .unbind(let address): return try unbind(address)
    case .probe(let address): return try probe(address)
    case .hotAdd(let device): return try hotAdd(device)
    case .unplug(let address): return try unplug(address)
    case .chown(let node, let uid):
      guard exists(node) else { throw Denial(.enoent, missing(node)) }
      world.grant(node, to: uid)
      consequences.append(.granted(node, uid: uid))
      return .success(.nothing)
    case .exit(let user), .kill(let user):
      world.ledger.processes.removeAll { $0.user.process == user.process }
      return .success(.nothing)
    }
  }

  private mutating func perform(_ call: Call, by user: User) throws(Denial) -> Value {
    switch call {
    case .open(let node): return .descriptor(try open(node, by: user))
    case .close(let descriptor):
      guard world.ledger.take(descriptor, from: user) else { throw Denial(.ebadf, .badDescriptor) }
      return .nothing
    case .ioctl(let descriptor, let ioctl, let shape):
      let file = try self.file(descriptor, of: user)
      let isContext = world.ledger.context(file) != nil
      if !answersUnread(file, ioctl), let errno = uapi.rules.errno(of: shape, in: ioctl, onContext: isContext) {
        throw Denial(errno, .malformedArgument)
      }
      return try uapi.perform(ioctl, on: file, by: user, in: &self)
    case .touch(let descriptor, let touch):
      guard case .device(let file) = world.ledger.files[try self.file(descriptor, of: user)] else {
        throw Denial(.einval, .wrongDescriptor)
      }
      if world[file.address] == nil { throw Denial(.enodev, .noDevice) }
      if let denial = uapi.keepsFrom(touch, file) { throw denial }
      return .nothing
    }
  }

  /// A container without a backend refuses before it looks at an argument (drivers/vfio/container.c
  /// `vfio_fops_unl_ioctl`), and so does a device's node that is not bound (vfio_main.c `vfio_device_fops_unl_ioctl`).
  private func answersUnread(_ file: FileID, _ ioctl: Ioctl) -> Bool {
    switch (world.ledger.files[file], ioctl) {
    case (.container(let container), _): container.type == nil
    case (.device, .join): false
    case (.device(let device), _): uapi.rules == .iommufd && device.context == nil && device.group == nil
    default: false
    }
  }

  func file(_ descriptor: Descriptor, of user: User) throws(Denial) -> FileID {
    guard let file = world.ledger.file(descriptor, of: user) else { throw Denial(.ebadf, .badDescriptor) }
    return file
  }

  /// A number is taken before anything is looked at (fs/open.c `do_sys_openat2`).
  func checkDescriptors(of user: User) throws(Denial) {
    let next = world.ledger.process(of: user)?.descriptors.free ?? 3
    guard let limit = user.descriptorLimit, next >= limit else { return }
    throw Denial(.emfile, .tooManyDescriptors, [Culprit(nil, owner: user)])
  }

  private mutating func open(_ node: Openable, by user: User) throws(Denial) -> Descriptor {
    try checkDescriptors(of: user)
    guard exists(node) else { throw Denial(.enoent, missing(node)) }
    guard user.isPrivileged || admits(user, to: node) else {
      throw Denial(.eacces, Reason(.nodePermission, culprits: node.culprits(in: world)))
    }
    let file = try uapi.open(node, by: user, in: &self)
    return world.ledger.give(world.ledger.files.add(file), to: user)
  }

  /// A group's node is missed by the group's number, a device's by its address, the others by neither.
  private func missing(_ node: Openable) -> Reason {
    if case .group(let group) = node { return Reason(.noNode, group: group) }
    return Reason(.noNode, culprits: node.culprits(in: world))
  }

  private func exists(_ node: Openable) -> Bool {
    switch node {
    case .container: uapi.rules.hasGroupNodes
    case .group(let group): uapi.rules.hasGroupNodes && world.members(of: group).contains(where: \.isVFIO)
    case .context: uapi.rules.hasContexts
    case .device(let address):
      switch world[address] {
      case let device? where device.isVDPA: true
      case let device? where device.isVFIO: uapi.rules.hasContexts && !isKeptBack(device)
      default: false
      }
    case .virtualMachine: true
    }
  }

  private func isKeptBack(_ device: Device) -> Bool {
    guard uapi.rules == .implicitRFC2, uapi.knobs.onlySingletons, let group = device.group else { return false }
    return world.members(of: group).count > 1
  }

  private func admits(_ user: User, to node: Openable) -> Bool {
    switch node {
    case .container, .context: world.contextUsers?.contains(user.uid) ?? true
    case .group(let group): world[group]?.nodeOwner == user.uid
    case .device(let address): world[address]?.nodeOwner == user.uid
    case .virtualMachine: true
    }
  }
}

extension Openable {
  fileprivate func culprits(in world: World) -> [Culprit] {
    switch self {
    case .device(let address): [Culprit(address, driver: world[address]?.driver)]
    case .group(let group): world.members(of: group).filter(\.isVFIO).map { Culprit($0.address, driver: $0.driver) }
    case .container, .context, .virtualMachine: []
    }
  }
}
