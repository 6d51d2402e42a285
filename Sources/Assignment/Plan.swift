public import HostAccess
public import Topology

/// An act as a value: every effect in order with what takes it back, what it assumed, and what it would cost. The
/// preview, the consent, the script, the JSON, the journal and the undo are views of it. A plan is never edited after
/// consent, only replaced.
public struct Plan: Hashable, Sendable {
  /// What was wanted.
  public var intent: Intent
  /// The steps in the order in which they are done. Empty when there is nothing to do.
  public var steps: [Step]
  /// Every function that the plan speaks of as it was when the plan was made, by address: members that stay
  /// untouched are among them.
  public var assumptions: [Binding]
  /// Every file and node that it changes, as it was when the plan was made.
  public var readings: [Reading]
  /// The groups concerned, with every member as it was; for a group, also members that are no PCI functions.
  public var groups: [Group]
  /// What it would cost, worst first.
  public var findings: [Finding]
  /// Members that need nothing done, and why not.
  public var untouched: [Untouched]
  /// The groups that new virtual functions will be in; empty until somebody worked that out.
  public var newcomers: [Newcomers] = []
  /// What its command line needs beside what is wanted.
  public var options = CommandOptions()

  /// One effect and its way back.
  public struct Step: Hashable, Sendable {
    /// What is done.
    public var effect: Effect
    /// What takes it back, in order; empty where nothing can.
    public var inverse: [Effect]
    /// Both.
    public init(_ effect: Effect, inverse: [Effect]) {
      self.effect = effect
      self.inverse = inverse
    }
  }

  /// A member that stays as it is.
  public struct Untouched: Hashable, Sendable {
    /// Why.
    public enum Why: Hashable, Sendable {
      /// It is in the wanted state.
      case already(DriverName?)
      /// It has as many virtual functions as are wanted.
      case counted(Int)
      /// A bridge: vfio-pci takes none, and its driver does not block.
      case bridge(DriverName?)
      /// It was not named, and the act was to stay with what was.
      case notNamed
      /// It does not block, and nothing is asked of it.
      case harmless(DriverName?)
      /// The journal has nothing of it to give back.
      case unrecorded(DriverName?)
      /// It is not there any more, and nothing of what was done to it.
      case gone
      /// An entry of the journal has another card on record in its place, which is void.
      case otherCard(recorded: String, entry: Int)
    }
    /// Which.
    public var address: Address
    /// Why.
    public var why: Why
    /// Both.
    public init(_ address: Address, _ why: Why) {
      self.address = address
      self.why = why
    }
  }

  /// All of it.
  public init(
    _ intent: Intent, steps: [Step], assumptions: [Binding], groups: [Group], readings: [Reading] = [],
    findings: [Finding] = [], untouched: [Untouched] = []
  ) {
    self.intent = intent
    self.steps = steps
    self.assumptions = assumptions
    self.groups = groups
    self.readings = readings
    self.findings = findings
    self.untouched = untouched
  }

  /// The functions that it changes, in order of their first step.
  public var touched: [Address] {
    steps.compactMap(\.effect.address).reduce(into: []) { found, address in
      if !found.contains(address) { found.append(address) }
    }
  }

  /// What it takes to let it run: the gravest finding.
  public var severity: Severity { findings.map(\.severity).max() ?? .low }
}
