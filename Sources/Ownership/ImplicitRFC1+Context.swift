import Topology

/// Commands of the May RFC on `/dev/ioasid`.
extension Draft {
  mutating func performForMay(_ ioctl: Ioctl, _ context: FileID, by user: User) throws(Denial) -> Value {
    switch ioctl {
    case .checkExtension(let number): return .number([1, 3, 9].contains(number) ? 1 : 0)
    case .registerMemory(let span):
      guard span.last != nil else { throw Denial(.einval, .badRange) }
      let taken = world.ledger.context(context)?.registered ?? []
      guard !taken.contains(span) else { throw Denial(.eexist, .overlap) }
      world.ledger.editContext(context) { $0.registered.append(span) }
      return .nothing
    case .unregisterMemory(let span):
      guard world.ledger.context(context)?.registered.contains(span) == true else {
        throw Denial(.enoent, .nothingMapped)
      }
      world.ledger.editContext(context) { $0.registered.removeAll { $0 == span } }
      return .nothing
    case .create, .free: return try performOnSpaces(ioctl, context, by: user)
    case .map(let number, _), .unmap(let number, _):
      try checkComplete(number, of: context)
      return try performOnSpaces(ioctl, context, by: user)
    case .info(let number):
      try checkComplete(number, of: context)
      return .number(1)
    case .createNesting(let number):
      try checkComplete(number, of: context)
      return .object(add(.nested(under: number, isBound: false), to: context))
    case .bindPageTable(let number), .bindPASIDTable(let number):
      return try nest(number, in: context, isBound: true)
    case .unbindPageTable(let number), .unbindPASIDTable(let number):
      return try nest(number, in: context, isBound: false)
    case .invalidateCache(let number):
      guard case .nested(_, isBound: true) = world.ledger.context(context)?.objects[number] else {
        throw Denial(.einval, .wrongObject)
      }
      return .nothing
    default: throw Denial(.enotty, .unknownCall)
    }
  }

  /// A new IOASID takes no command; one with part of a group answers EDEADLK (Gunthorpe's proposal of 28 May).
  private func checkComplete(_ number: Int, of context: FileID) throws(Denial) {
    let errnos = uapi.knobs.errnos
    guard let object = world.ledger.context(context)?.objects[number] else {
      throw Denial(errnos.unknownObject, .unknownObject)
    }
    guard case .space = object else { throw Denial(.einval, .wrongObject) }
    let groups = groups(attachedTo: number, in: context)
    guard !groups.isEmpty else { throw Denial(errnos.noDeviceAttached, .noDeviceAttached, message: .rfc1) }
    for group in groups.sorted() {
      let missing = ImplicitRFC1.missing(from: number, of: context, group: group, in: world)
      guard missing.isEmpty else {
        let culprits = missing.map { Culprit($0.address, driver: $0.driver) }
        throw Denial(errnos.partial, .membersNotAttached, culprits, group: group, message: .g28m)
      }
    }
  }

  private mutating func nest(_ number: Int, in context: FileID, isBound: Bool) throws(Denial) -> Value {
    guard case .nested(let under, let was) = world.ledger.context(context)?.objects[number], was != isBound else {
      throw Denial(.einval, .wrongObject)
    }
    world.ledger.editContext(context) { $0.objects[number] = .nested(under: under, isBound: isBound) }
    return .nothing
  }
}
