/// What a key means where: looked up, never searched. Made once from `Action.all`.
struct Keymap: Sendable {
  /// What a single key or the first of two does.
  enum Meaning: Hashable, Sendable {
    case action(Action.ID)
    /// More keys are needed.
    case prefix
  }

  private struct Place: Hashable {
    let context: Action.Context
    let key: Key
  }
  private struct Pair: Hashable {
    let context: Action.Context
    let first: Key
    let second: Key
  }

  private var singles: [Place: Meaning] = [:]
  private var pairs: [Pair: Action.ID] = [:]
  private var letters: [Place: Action.ID] = [:]

  /// The keys as they are shipped.
  static let standard = Keymap(Action.all)

  init(_ actions: [Action]) {
    for action in actions {
      for context in action.contexts {
        for stroke in action.keys { bind(stroke, to: action.id, in: context) }
      }
    }
  }

  private mutating func bind(_ stroke: Stroke, to id: Action.ID, in context: Action.Context) {
    switch stroke {
    case .key(let key): singles[Place(context: context, key: key)] = .action(id)
    case .sequence(let first, let second):
      singles[Place(context: context, key: first)] = .prefix
      pairs[Pair(context: context, first: first, second: second)] = id
    case .thenLetter(let first):
      singles[Place(context: context, key: first)] = .prefix
      letters[Place(context: context, key: first)] = id
    }
  }

  /// What `key` means in the first of `contexts` that knows it.
  func meaning(of key: Key, in contexts: [Action.Context]) -> Meaning? {
    for context in contexts {
      if let meaning = singles[Place(context: context, key: key)] { return meaning }
    }
    return nil
  }

  /// What `second` means after `first`; the letter, where the binding takes any.
  func meaning(of second: Key, after first: Key, in contexts: [Action.Context]) -> (id: Action.ID, letter: Character?)?
  {
    for context in contexts {
      if let id = pairs[Pair(context: context, first: first, second: second)] { return (id, nil) }
      if case .character(let letter) = second, letter.isLetter,
        let id = letters[Place(context: context, key: first)]
      {
        return (id, letter)
      }
    }
    return nil
  }
}
