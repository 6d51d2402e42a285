import Assignment
import Topology

/// "What if", as it lies over the panes: changes on paper at one device, and what one of them would make of the groups.
struct Supposing: Hashable, Sendable {
  /// What is asked now.
  var question: Supposition.Question
  /// Whether the loop was asked.
  var isAsked = false
  /// The newest answer; of an older question while the newer one is worked out.
  var answer: Supposition?
  /// The offer that stands out, as an index; none does while the answer is about what is taken alone.
  var selected: Int? = 0
  /// The first line of the result that is shown.
  var scroll = 0

  init(_ device: Address) { question = Supposition.Question(device) }

  var offers: [Supposition.Offer] { answer?.offers ?? [] }
  /// The offer that stands out.
  var offer: Supposition.Offer? { selected.flatMap { offers.indices.contains($0) ? offers[$0] : nil } }
  /// Whether the answer is to what is asked now.
  var isAnswered: Bool { answer?.question == question }

  /// Another question.
  mutating func ask(_ next: Supposition.Question) {
    question = next
    isAsked = false
    scroll = 0
  }
}
