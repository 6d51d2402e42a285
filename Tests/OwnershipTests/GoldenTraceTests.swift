import Ownership
import Testing
import Topology

/// The golden traces of the seed scene, typed from the specification: NIC on vfio-pci, HBA on sym53c8xx.
@Suite struct GoldenTraceTests {
  let nic = Scene.nic
  let hba = Scene.hba

  @Test func `the explicit trace comes out exactly`() {
    var stage = Stage(.explicitLinux, Scene.seed())
    let attach = Wish.attach(nic, by: Scene.qemu, Attaching(memory: Scene.memory))
    #expect(
      stage.wish(attach) == [
        "open(/dev/vfio/vfio)=3", "open(/dev/vfio/5)=4", "GET_STATUS={}", "SET_CONTAINER=-1 EPERM",
      ])
    stage.wish(.release(hba))
    #expect(
      stage.wish(attach) == [
        "GET_STATUS={VIABLE}", "SET_CONTAINER=0", "SET_IOMMU=0", "MAP_DMA=0", "GET_DEVICE_FD(02:01.0)=5",
      ])
    #expect(stage.ioctl(4, .groupGetDeviceFD(hba)) == "GET_DEVICE_FD(02:02.0)=-1 ENODEV")
    #expect(stage.call(.open(.group(Scene.group)), by: Scene.second) == "open(/dev/vfio/5)=-1 EBUSY")
    #expect(stage.call(.close(Descriptor(4))) == "close(4)=0")
    #expect(stage.hold.isOwned && stage.hold.domain.isUsers, "the group is still held by 5")
    #expect(stage.call(.open(.group(Scene.group)), by: Scene.second) == "open(/dev/vfio/5)=-1 EBUSY")
    #expect(stage.call(.close(Descriptor(5))) == "close(5)=0")
    #expect(stage.hold.domain == .host && stage.hold.ownerCount == 0)
    stage.call(.open(.group(Scene.group)))
    #expect(stage.ioctl(4, .groupGetStatus) == "GET_STATUS={VIABLE}")
  }

  @Test func `the implicit trace comes out exactly, through the flag`() {
    var stage = Stage(.implicitApril, Scene.seed())
    #expect(
      stage.wish(.attach(nic, by: Scene.qemu)) == [
        "open(/dev/ioasid)=3", "open(/dev/vfio/device0)=4", "JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}",
      ])
    stage.wish(.release(hba))
    #expect(
      stage.wish(.attach(nic, by: Scene.qemu)) == [
        "JOIN(4,3)=0", "CREATE_IOASID=1", "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}",
      ])
    #expect(stage.last.reason?.isWrittenENOPERM == true)
    #expect(
      stage.wish(.attach(nic, by: Scene.qemu, Attaching(allowUnused: true))) == [
        "close(4)=0", "open(/dev/vfio/device0)=4", "JOIN(4,3,IOASID_IMPLICIT_GROUP)=0",
        "ATTACH(4,1)=0 {at risk: 02:02.0}",
      ])
  }

  @Test func `the implicit trace comes out exactly, with every member joined`() {
    var stage = Stage(.implicitApril, Scene.seed(hba: nil))
    stage.wish(.attach(nic, by: Scene.qemu))
    stage.wish(.give(hba, to: "vfio-pci"))
    #expect(
      stage.wish(.own(hba, by: Scene.qemu)) == ["open(/dev/vfio/device1)=5", "JOIN(5,3)=0"])
    #expect(stage.wish(.attach(nic, by: Scene.qemu)) == ["ATTACH(4,1)=0"])
  }

  @Test func `the trace of automatic unbinding comes out exactly`() {
    var stage = Stage(.autoUnbind, Scene.seed())
    #expect(
      stage.wish(.attach(nic, by: Scene.qemu)) == [
        "open(/dev/ioasid)=3", "open(/dev/vfio/device0)=4",
        "JOIN(4,3)=0 {event: sym53c8xx unbound from 02:02.0, sda removed}", "CREATE_IOASID=1", "ATTACH(4,1)=0",
      ])
  }

  @Test func `the iommufd trace comes out exactly`() {
    var stage = Stage(.iommufd, Scene.seed())
    stage.call(.open(.context))
    stage.call(.open(.device(nic)))
    stage.ioctl(4, .getInfo)
    let attach = Wish.attach(nic, by: Scene.qemu, Attaching(memory: Scene.memory))
    stage.wish(attach)
    #expect(
      stage.lines == [
        "open(/dev/iommu)=3", "open(/dev/vfio/devices/vfio0)=4", "GET_INFO(4)=-1 EINVAL", "BIND(4,3)=-1 EPERM",
      ])
    stage.wish(.release(hba))
    #expect(
      stage.wish(attach) == ["BIND(4,3)=0 devid=1", "IOAS_ALLOC=2", "MAP=0", "ATTACH(4,2)=0 (pt_id=3 HWPT)"])
    #expect(stage.on(.bind(hba, "sym53c8xx")) == "echo 02:02.0 > sym53c8xx/bind = EBUSY")
    #expect(stage.on(.bind(hba, "vfio-pci")) == "echo 02:02.0 > vfio-pci/bind = ok")
    #expect(stage.call(.open(.device(hba))) == "open(/dev/vfio/devices/vfio1)=5")
    #expect(stage.call(.open(.context)) == "open(/dev/iommu)=6")
    #expect(stage.ioctl(5, .join(Descriptor(6), Joining())) == "BIND(5,6)=-1 EPERM")
    #expect(stage.ioctl(5, .join(Descriptor(3), Joining())) == "BIND(5,3)=0 devid=4")
    #expect(stage.ioctl(3, .create) == "IOAS_ALLOC=5")
    #expect(stage.ioctl(5, .attach(5)) == "ATTACH(5,5)=-1 EINVAL")
    #expect(stage.ioctl(3, .free(2)) == "DESTROY(2)=-1 EBUSY")
    stage.call(.close(Descriptor(3)))
    #expect(stage.hold.isOwned, "the context lives on in what is bound to it")
    stage.call(.close(Descriptor(4)))
    stage.call(.close(Descriptor(5)))
    #expect(stage.hold.owner == nil && stage.hold.domain == .host)
    stage.wish(.release(hba))
    #expect(stage.on(.bind(hba, "sym53c8xx")) == "echo 02:02.0 > sym53c8xx/bind = ok")
  }
}
