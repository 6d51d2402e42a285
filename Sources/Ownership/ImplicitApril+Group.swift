import Topology

/// Joining and attaching with an eye on the whole group, as April has it and automatic unbinding after it.
extension Draft {
  /// JOIN_IOASID_FD.
  mutating func joinGroupwise(
    _ id: FileID, to descriptor: Descriptor, _ joining: Joining, by user: User
  ) throws(Denial) {
    let errnos = uapi.knobs.errnos
    guard case .device(let file) = world.ledger.files[id] else { throw Denial(.enotty, .unknownCall) }
    let target = try self.file(descriptor, of: user)
    guard world.ledger.context(target) != nil else { throw Denial(errnos.wrongDescriptor, .wrongDescriptor) }
    let culprit = Culprit(file.address)
    guard file.context == nil else { throw Denial(errnos.joinedAlready, .joinedAlready, [culprit]) }
    guard let group = world[file.address]?.group else { throw Denial(.enodev, .noGroup, [culprit]) }
    let joined = joinedFiles(in: group)
    let elsewhere = joined.filter { $0.context != target }
    guard elsewhere.isEmpty else {
      let culprits = elsewhere.map { Culprit($0.address, owner: world.ledger.owners(ofDevice: $0.address).first) }
      throw Denial(
        errnos.joinedElsewhere,
        Reason(.otherOwner, culprits: culprits, group: group, message: .g21, isTold: uapi.knobs.extack))
    }
    guard !joined.contains(where: { $0.address == file.address }) else {
      throw Denial(errnos.joinedAlready, .joinedAlready, [culprit])
    }
    if let reason = uapi.hostDriverReason(group, in: world, message: .g22b, isTold: uapi.knobs.extack) {
      throw Denial(errnos.notViable, reason)
    }
    if joined.isEmpty { try takeOwnership(of: group) }
    world.ledger.editDevice(id) { ($0.context, $0.implicitGroup) = (target, joining.implicitGroup) }
  }

  /// ATTACH_IOASID.
  mutating func attachGroupwise(_ id: FileID, to number: Int, by user: User) throws(Denial) {
    let (knobs, errnos) = (uapi.knobs, uapi.knobs.errnos)
    guard case .device(let file) = world.ledger.files[id], let context = file.context, let device = world[file.address],
      let group = device.group
    else { throw Denial(errnos.notJoined, .notJoined) }
    guard let space = space(number, in: context) else { throw Denial(errnos.unknownObject, .unknownObject) }
    guard file.space == nil else { throw Denial(errnos.attachedAlready, .attachedAlready, [Culprit(file.address)]) }
    try checkInterrupts(group)
    let joined = joinedFiles(in: group)
    let missing = world.members(of: group).filter { member in
      member.header == .normal && !joined.contains { $0.address == member.address }
    }
    if !missing.isEmpty {
      guard joined.contains(where: \.implicitGroup) else {
        let culprits = missing.map { Culprit($0.address, driver: $0.driver) }
        throw Denial(
          errnos.incomplete,
          Reason(
            .membersNotJoined, culprits: culprits, group: group, message: .g22a, isWrittenENOPERM: true,
            isTold: knobs.extack))
      }
      if knobs.testsViabilityAtAttach,
        let reason = uapi.hostDriverReason(group, in: world, message: .g22b, isTold: knobs.extack)
      {
        throw Denial(errnos.notViable, reason)
      }
    }
    try checkSiblings(of: device, attaching: number, among: joined)
    try checkBehaviour(of: device, in: context)
    try checkRegions(group, against: space, .eaddrinuse)
    if groups(attachedTo: number, in: context).isEmpty { try checkMemory(space.size, for: user) }
    world.ledger.editDevice(id) { $0.space = number }
  }

  /// One space a group; where the knob is turned, one a requester.
  private func checkSiblings(
    of device: Device, attaching number: Int, among joined: [Ledger.DeviceFile]
  ) throws(Denial) {
    let elsewhere = joined.filter { $0.space != nil && $0.space != number }
    guard !elsewhere.isEmpty else { return }
    let errno = uapi.knobs.errnos.siblingElsewhere
    let sharers = elsewhere.filter { world[$0.address]?.requester == device.requester }
    guard sharers.isEmpty else {
      throw Denial(
        errno, .sharedRequester, sharers.map { Culprit($0.address) }, group: device.group, message: .g17)
    }
    guard uapi.knobs.perDeviceIoasid else {
      throw Denial(
        errno, .siblingElsewhere, elsewhere.map { Culprit($0.address) }, group: device.group, message: .w17)
    }
  }

  /// One context, one way in which IOMMUs behave: a device that differs from those attached does not fit.
  func checkBehaviour(of device: Device, in context: FileID) throws(Denial) {
    let attached = world.ledger.deviceFiles.map(\.file).filter { $0.context == context && $0.space != nil }
    let others = attached.filter { world[$0.address]?.isCoherent != device.isCoherent }
    guard others.isEmpty else {
      throw Denial(.einval, .incompatible, others.map { Culprit($0.address) }, group: device.group, message: .g22z)
    }
  }

  func joinedFiles(in group: GroupID) -> [Ledger.DeviceFile] {
    world.ledger.deviceFiles.map(\.file).filter { $0.context != nil && world[$0.address]?.group == group }
  }

  /// IOASID_ALL_DEVICES_VIABLE: whether every joined device's group could be attached now.
  func allDevicesViable(in context: FileID) -> Bool {
    let files = world.ledger.deviceFiles.map(\.file).filter { $0.context == context }
    return Set(files.compactMap { world[$0.address]?.group }).allSatisfy { group in
      let joined = joinedFiles(in: group)
      let missing = world.members(of: group).contains { member in
        member.header == .normal && !joined.contains { $0.address == member.address }
      }
      return uapi.hostDriverCount(group, in: world) == 0 && (!missing || joined.contains(where: \.implicitGroup))
    }
  }

  /// Making, freeing and filling spaces, where nothing but their existence matters.
  mutating func performOnSpaces(_ ioctl: Ioctl, _ context: FileID, by user: User) throws(Denial) -> Value {
    switch ioctl {
    case .create: return .object(add(.space(AddressSpace()), to: context))
    case .free(let number): return try free(number, in: context)
    case .map(let number, let mapping): return try map(mapping, into: number, of: context, by: user)
    case .unmap(let number, let span): return try unmap(span, from: number, of: context)
    default: throw Denial(.enotty, .unknownCall)
    }
  }
}
