"""A forkserver that ends while its children do says nothing."""
import multiprocessing


def work():
    print("worked", flush=True)


if __name__ == "__main__":
    context = multiprocessing.get_context("forkserver")
    for _ in range(2):
        p = context.Process(target=work)
        p.start()
        p.join()
        print(p.exitcode, flush=True)
