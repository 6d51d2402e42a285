extension Errno {
  /// EPERM. Not permitted: not viable, not the owner, or interrupts that are not isolated.
  public static let eperm = Errno(rawValue: 1)
  /// ENOENT. No such object, node or mapping.
  public static let enoent = Errno(rawValue: 2)
  /// E2BIG. A struct with more in it than this kernel knows.
  public static let e2big = Errno(rawValue: 7)
  /// EBADF. No such descriptor.
  public static let ebadf = Errno(rawValue: 9)
  /// EAGAIN. Try again.
  public static let eagain = Errno(rawValue: 11)
  /// ENOMEM. The limit on locked memory is reached.
  public static let enomem = Errno(rawValue: 12)
  /// EACCES. The node's owner and mode say no.
  public static let eacces = Errno(rawValue: 13)
  /// EFAULT. A bad pointer.
  public static let efault = Errno(rawValue: 14)
  /// EBUSY. Somebody has it.
  public static let ebusy = Errno(rawValue: 16)
  /// EEXIST. The range is mapped already.
  public static let eexist = Errno(rawValue: 17)
  /// ENODEV. No such device, or none of that kind.
  public static let enodev = Errno(rawValue: 19)
  /// EINVAL. Out of order, or senseless.
  public static let einval = Errno(rawValue: 22)
  /// EMFILE. The process has as many descriptors as it may.
  public static let emfile = Errno(rawValue: 24)
  /// ENOTTY. This descriptor knows no such call.
  public static let enotty = Errno(rawValue: 25)
  /// ENOSPC. No more mappings, or no room for one.
  public static let enospc = Errno(rawValue: 28)
  /// EDEADLK. Members of the group are missing (the May RFC).
  public static let edeadlk = Errno(rawValue: 35)
  /// ENOTDIR. Something on the way is no directory.
  public static let enotdir = Errno(rawValue: 20)
  /// EBADMSG. What was read is not of its format.
  public static let ebadmsg = Errno(rawValue: 74)
  /// EOVERFLOW. The range wraps.
  public static let eoverflow = Errno(rawValue: 75)
  /// EBADFD. A descriptor of the wrong kind.
  public static let ebadfd = Errno(rawValue: 77)
  /// EOPNOTSUPP. An unknown flag.
  public static let eopnotsupp = Errno(rawValue: 95)
  /// EADDRINUSE. A mapping lies where the device needs a reserved region.
  public static let eaddrinuse = Errno(rawValue: 98)
}
