// A camera for tests where the kernel has none: preloaded, it answers for /dev/video0 as a V4L2 device would.
//
// SPOTCHECK_TEST_FRAME names a file with one YUYV picture of 640 x 480, which is served 30 times a second.
// SPOTCHECK_TEST_CAMERA_ERROR is an errno that opening the device fails with instead.
// In C for <linux/videodev2.h>: the kernel's own layouts, not retyped ones.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 640, HEIGHT = 480, BYTES = WIDTH * HEIGHT * 2, BUFFERS = 4, RATE = 30 };

static int device = -1;      // A file in memory that holds the buffers, so that mmap needs no help.
static unsigned served;      // How many pictures were handed out.

// The C library's syscall() is ours now; this is the instruction itself.
static long kernel(long number, const long a[6]) {
  register long r10 __asm__("r10") = a[3];
  register long r8 __asm__("r8") = a[4];
  register long r9 __asm__("r9") = a[5];
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  if (result >= 0 || result < -4095) return result;
  errno = (int)-result;
  return -1;
}

static int open_file(const char *path, int flags, int mode) {
  return (int)kernel(SYS_openat, (long[6]){AT_FDCWD, (long)path, flags, mode});
}

static int open_device(void) {
  const char *error = getenv("SPOTCHECK_TEST_CAMERA_ERROR");
  if (error) {
    errno = atoi(error);
    return -1;
  }
  static unsigned char frame[BYTES];
  int file = open_file(getenv("SPOTCHECK_TEST_FRAME"), O_RDONLY, 0);
  if (file < 0) return -1;
  long size = read(file, frame, BYTES);
  close(file);
  device = memfd_create("camera", MFD_CLOEXEC);
  if (size != BYTES || ftruncate(device, (off_t)BYTES * BUFFERS)) return -1;
  for (int buffer = 0; buffer < BUFFERS; buffer++)
    if (pwrite(device, frame, BYTES, (off_t)BYTES * buffer) != BYTES) return -1;
  return device;
}

static int opens_device(const char *path) {
  return !strcmp(path, "/dev/video0") && (getenv("SPOTCHECK_TEST_FRAME") || getenv("SPOTCHECK_TEST_CAMERA_ERROR"));
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;
  va_end(rest);
  return opens_device(path) ? open_device() : open_file(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;
  va_end(rest);
  return opens_device(path) ? open_device() : open_file(path, flags | O_LARGEFILE, mode);
}

static void describe(struct v4l2_buffer *buffer, unsigned index) {
  buffer->index = index;
  buffer->memory = V4L2_MEMORY_MMAP;
  buffer->flags = V4L2_BUF_FLAG_MAPPED;
  buffer->length = buffer->bytesused = BYTES;
  buffer->m.offset = BYTES * index;
}

// As a camera's clock does: a picture that is due already is there at once.
static void wait_for_frame(void) {
  static long due;  // In nanoseconds.
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  long time = now.tv_sec * 1000000000L + now.tv_nsec;
  if (time < due) usleep((unsigned)((due - time) / 1000));
  due = (time > due ? time : due) + 1000000000L / RATE;
}

static int answer(unsigned long request, void *argument) {
  switch (request) {
    case VIDIOC_QUERYCAP: {
      struct v4l2_capability *found = argument;
      memset(found, 0, sizeof *found);
      strcpy((char *)found->driver, "test");
      strcpy((char *)found->card, "Test camera");
      strcpy((char *)found->bus_info, "memory");
      found->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
      found->capabilities = found->device_caps | V4L2_CAP_DEVICE_CAPS;
      return 0;
    }
    case VIDIOC_ENUM_FMT: {
      struct v4l2_fmtdesc *format = argument;
      if (format->index > 0) break;
      strcpy((char *)format->description, "YUYV");
      format->pixelformat = V4L2_PIX_FMT_YUYV;
      format->flags = 0;
      return 0;
    }
    case VIDIOC_ENUM_FRAMESIZES: {
      struct v4l2_frmsizeenum *size = argument;
      if (size->index > 0) break;
      size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
      size->discrete = (struct v4l2_frmsize_discrete){.width = WIDTH, .height = HEIGHT};
      return 0;
    }
    case VIDIOC_ENUM_FRAMEINTERVALS: {
      struct v4l2_frmivalenum *interval = argument;
      if (interval->index > 0) break;
      interval->type = V4L2_FRMIVAL_TYPE_DISCRETE;
      interval->discrete = (struct v4l2_fract){.numerator = 1, .denominator = RATE};
      return 0;
    }
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
    case VIDIOC_TRY_FMT: {
      struct v4l2_pix_format *picture = &((struct v4l2_format *)argument)->fmt.pix;
      memset(picture, 0, sizeof *picture);
      picture->width = WIDTH;
      picture->height = HEIGHT;
      picture->pixelformat = V4L2_PIX_FMT_YUYV;
      picture->field = V4L2_FIELD_NONE;
      picture->bytesperline = WIDTH * 2;
      picture->sizeimage = BYTES;
      picture->colorspace = V4L2_COLORSPACE_SRGB;
      return 0;
    }
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: {
      struct v4l2_captureparm *capture = &((struct v4l2_streamparm *)argument)->parm.capture;
      capture->capability = V4L2_CAP_TIMEPERFRAME;
      capture->timeperframe = (struct v4l2_fract){.numerator = 1, .denominator = RATE};
      return 0;
    }
    case VIDIOC_REQBUFS: {
      struct v4l2_requestbuffers *wanted = argument;
      if (wanted->count > BUFFERS) wanted->count = BUFFERS;
      return 0;
    }
    case VIDIOC_QUERYBUF: {
      struct v4l2_buffer *buffer = argument;
      describe(buffer, buffer->index);
      return 0;
    }
    case VIDIOC_DQBUF: {
      struct v4l2_buffer *buffer = argument;
      wait_for_frame();
      // The first line changes from picture to picture, so that one can see that they are live.
      unsigned char line[WIDTH * 2];
      memset(line, (served * 8) % 256, sizeof line);
      if (pwrite(device, line, sizeof line, (off_t)BYTES * (served % BUFFERS)) < 0) return -1;
      buffer->sequence = served;
      describe(buffer, served++ % BUFFERS);
      return 0;
    }
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
      served = 0;
      return 0;
    case VIDIOC_QBUF:
      return 0;
  }
  errno = EINVAL;
  return -1;
}

long syscall(long number, ...) {
  va_list rest;
  va_start(rest, number);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_ioctl && device >= 0 && a[0] == device) return answer((unsigned long)a[1], (void *)a[2]);
  return kernel(number, a);
}

int ioctl(int file, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (device >= 0 && file == device) return answer(request, argument);
  return (int)kernel(SYS_ioctl, (long[6]){file, (long)request, (long)argument});
}
